import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the server answers to one path, such as `/rate-limited/chat/completions`. */
export type ScriptedAnswer =
  | { readonly status: number; readonly body: unknown }
  | { readonly events: readonly unknown[] }
  | "hang";

/** An OpenAI-compatible server on a free loopback port that answers by the first folder of the path. */
export interface ScriptedModelServer {
  url(scenario: string): string;
  close(): Promise<void>;
}

export async function startScriptedModelServer(
  answers: Readonly<Record<string, ScriptedAnswer>>,
): Promise<ScriptedModelServer> {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    const answer = answers[request.url?.split("/")[1] ?? ""];
    if (answer === undefined) throw new Error(`no answer scripted for ${request.url}`);
    if (answer === "hang") return;
    if ("events" in answer) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const event of answer.events) response.write(`data: ${JSON.stringify(event)}\n\n`);
      response.end("data: [DONE]\n\n");
      return;
    }
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (scenario) => `http://127.0.0.1:${port}/${scenario}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
