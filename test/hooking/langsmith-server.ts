import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

interface PostedRun {
  id: string;
  name: string;
  run_type: string;
  parent_run_id?: string | null;
}

/** A server that takes what LangSmith's client sends. */
export interface LangSmithServer {
  url: string;
  /** Type and name of each run that began, indented under its parent, siblings in the order of their names. */
  runTrees(): string;
  /** How many runs were told to have ended. */
  endedRuns(): number;
  close(): Promise<void>;
}

export async function startLangSmithServer(): Promise<LangSmithServer> {
  const posted = new Map<string, PostedRun>();
  const ended = new Set<string>();
  const server = createServer(async (request, response) => {
    response.setHeader("content-type", "application/json");
    if (request.url === "/info") {
      response.end(JSON.stringify({ batch_ingest_config: { use_multipart_endpoint: false, size_limit: 100 } }));
      return;
    }
    if (request.url !== "/runs/batch") throw new Error(`LangSmith's client asked for ${request.method} ${request.url}`);
    const { post = [], patch = [] } = JSON.parse(await bodyOf(request));
    for (const run of post) posted.set(run.id, run);
    for (const run of [...post, ...patch]) if (run.end_time) ended.add(run.id);
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const below = (parent: string | undefined, indent: string): string[] =>
    [...posted.values()]
      .filter(({ parent_run_id }) => (parent_run_id ?? undefined) === parent)
      .sort((a, b) => a.name.localeCompare(b.name))
      .flatMap(({ id, name, run_type }) => [`${indent}${run_type} ${name}`, ...below(id, `${indent}  `)]);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    runTrees: () => below(undefined, "").join("\n"),
    endedRuns: () => ended.size,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
