import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseFlags } from "../../src/commands/parse-flags.js";
import { ServerApi, URL_OPTION } from "../../src/commands/server-api.js";
import { Secret } from "../../src/receive/secret.js";
import { testCertificate } from "../export/test-certificate.js";
import { runningServer } from "../server/running-server.js";
import { runWords } from "./run-words.js";

/** Listens on a free loopback port; host and port. */
async function listening(server: TcpServer | Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    if ("closeAllConnections" in server) server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answering =
  (status: number, body = ""): RequestListener =>
  (request, response) => {
    request.resume().on("end", () => response.writeHead(status).end(body));
  };
const http = (listener: RequestListener) => listening(createServer(listener));

async function nobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

interface Case {
  name: string;
  arrange: () => Promise<string>;
  what: RegExp;
  /** `SETTING` stands for the option that has the address. */
  cure: RegExp;
}

const CASES: Case[] = [
  { name: "nothing listens", arrange: nobody, what: /nothing listens there/, cure: /(start .* or )?correct SETTING/ },
  {
    name: "an unknown host",
    arrange: async () => "http://server.invalid:4318",
    what: /the host name is unknown/,
    cure: /correct SETTING/,
  },
  {
    name: "a port of HTTP/2, as gRPC has",
    arrange: async () => `http://${await listening(createHttp2Server())}`,
    what: /this looks like gRPC/,
    cure: /give the HTTP port, mostly (4318|9090), in SETTING/,
  },
  {
    name: "a port of another protocol",
    arrange: async () => {
      const speak = createTcpServer((socket) => {
        socket
          .on("error", () => undefined)
          .resume()
          .end("SSH-2.0\r\n");
      });
      return `http://${await listening(speak)}`;
    },
    what: /it does not speak HTTP\/1\.1/,
    cure: /give the HTTP port, mostly (4318|9090), in SETTING/,
  },
  {
    name: "https:// to a port of HTTP",
    arrange: async () => `https://${await http(answering(200))}`,
    what: /it does not speak TLS/,
    cure: /write http:\/\/ in SETTING/,
  },
  {
    name: "http:// to a port of TLS",
    arrange: async () =>
      `http://${await listening(createHttpsServer(testCertificate({ host: "127.0.0.1" }), answering(200)))}`,
    what: /it closed the connection without an answer/,
    cure: /if it speaks TLS, write https:\/\/ in SETTING/,
  },
  {
    name: "http:// to a port of TLS that says so",
    arrange: async () => `http://${await http(answering(400, "Client sent an HTTP request to an HTTPS server.\n"))}`,
    what: /it speaks TLS/,
    cure: /write https:\/\/ in SETTING/,
  },
  {
    name: "a certificate that nobody vouches for",
    arrange: async () =>
      `https://${await listening(createHttpsServer(testCertificate({ host: "127.0.0.1" }), answering(200)))}`,
    what: /its TLS certificate is not trusted/,
    cure: /set NODE_EXTRA_CA_CERTS=\/path\/ca\.pem/,
  },
];

const COMMANDS = [
  { setting: "--url", words: (url: string) => ["top", "--once", "--url", url] },
  { setting: "--source", words: (url: string) => ["top", "--once", "--source", `local=${url}`] },
  { setting: "--source", words: (url: string) => ["top", "--once", "--source", `prometheus=${url}`] },
  { setting: "--url", words: (url: string) => ["alerts", "list", "--url", url] },
  { setting: "--url", words: (url: string) => ["silences", "list", "--url", url] },
].map((command) => ({ ...command, shown: command.words("URL").join(" ") }));

describe.each(COMMANDS)("$shown says in one line what is wrong and what to do", ({ setting, words }) => {
  test.each(CASES)("$name", async ({ arrange, what, cure }) => {
    const url = await arrange();
    const english = await runWords(words(url));
    expect(english.err).toMatch(what);
    expect(english.err).toMatch(new RegExp(` → (${cure.source.replace("SETTING", setting)})$`));
    expect(english.err.split(url)).toHaveLength(2);
    const chinese = await runWords([...words(url), "--lang", "zh"]);
    expect(chinese.err).toMatch(/\p{Script=Han}.* → .*\p{Script=Han}/u);
    for (const { code, err } of [english, chinese]) {
      expect(code).toBe(1);
      expect(err).not.toMatch(/\n|openssl|SSL routines|ECONN|ENOTFOUND|fetch failed|Response does not match/i);
    }
  });
});

describe("the cure fits the answer", () => {
  const top = async (url: string, env: Record<string, string> = {}) =>
    (await runWords(["top", "--once", "--url", url], env)).err;

  test("401: the token", async () => {
    const { url } = await runningServer({ token: new Secret("f".repeat(48)) });
    expect(await top(url)).toMatch(/: it answered 401: it asks for its token → set CHAINWATCH_TOKEN to the server's/);
  });

  test("404 of another server: the address", async () => {
    const url = `http://${await http(answering(404, "<html>no</html>"))}`;
    expect(await top(url)).toMatch(/: \/api\/\w+ answered 404 → correct --url$/);
  });

  test("a web page in place of JSON: the address", async () => {
    const url = `http://${await http(answering(200, "<html>Sign in</html>"))}`;
    expect(await top(url)).toMatch(/: what answers there is no Chainwatch server → correct --url$/);
  });

  test("400: what the server expected, and nothing else", async () => {
    const url = `http://${await http(answering(400, '{"error":{"message":"window: expected at most 5"}}'))}`;
    expect(await top(url)).toMatch(/answered 400: "window: expected at most 5"$/);
  });

  test("503: what the server said, and its log", async () => {
    const url = `http://${await http(answering(503, '{"error":{"message":"the source is down"}}'))}`;
    expect(await top(url)).toMatch(/answered 503: "the source is down" → see its log$/);
  });

  test("507: what the server said, which is what to do", async () => {
    const full = '{"error":{"message":"Free 4096 bytes of its disk, and delete again."}}';
    const url = `http://${await http(answering(507, full))}`;
    const { err } = await runWords(["requests", "delete", "--user", "ann", "--yes", "--url", url]);
    expect(err).toMatch(/answered 507: "Free 4096 bytes of its disk, and delete again."$/);
  });

  test("no answer in the time of a slow call: what is done meanwhile", async () => {
    const url = `http://${await http(() => {})}`;
    const api = new ServerApi(parseFlags(["--url", url], URL_OPTION), { env: {}, stop: new AbortController().signal });
    const slow = { timeoutS: 0.05, cure: { en: "it goes on", zh: "仍在继续" } };
    await expect(api.delete("/api/users?id=ann", slow)).rejects.toMatchObject({
      text: { en: expect.stringMatching(/no answer within 0.05 s → it goes on$/) },
    });
  });

  test("a Chainwatch server in place of a Prometheus: local=URL, also where it asks for a token", async () => {
    for (const token of [undefined, new Secret("f".repeat(48))]) {
      const { url } = await runningServer({ token });
      const { code, err } = await runWords(["top", "--once", "--source", `prometheus=${url}`]);
      expect(err).toBe(
        `chainwatch: no board from prometheus ${url}: this is a Chainwatch server → write local=${url} in place of prometheus=${url}`,
      );
      expect(code).toBe(1);
    }
  });

  test("doctor at a path of a vendor on a Chainwatch server is told the right one", async () => {
    const { url } = await runningServer();
    for (const path of ["/otlp", "/api/public/otel"]) {
      const { out } = await runWords(["doctor", "--endpoint", `${url}${path}`]);
      expect(out).toContain(`no ${path}/v1/traces: this server receives OTLP at /v1/traces`);
      expect(out).toContain(`it answered 404 to POST ${path}/v1/metrics`);
    }
  });
});

describe("the token file", () => {
  function folder(): string {
    const path = mkdtempSync(join(tmpdir(), "chainwatch-token-"));
    onTestFinished(() => rmSync(path, { recursive: true }));
    return path;
  }

  test.each([
    ["top", "--once"],
    ["alerts", "list"],
    ["rules", "backtest", "--from", "1h"],
  ])("that is not there is named by %s %s", async (...words) => {
    const file = join(folder(), "token");
    const { code, err } = await runWords(words, { CHAINWATCH_TOKEN_FILE: file });
    expect(err).toContain(`found "${file}" (at CHAINWATCH_TOKEN_FILE). Cure: it is not there: `);
    expect(code).toBe(2);
    const chinese = await runWords([...words, "--lang", "zh"], { CHAINWATCH_TOKEN_FILE: file });
    expect(chinese.err).toMatch(/选项 "token" 应为服务器的令牌文件，却是 .*解决办法：文件不存在/);
  });

  test("that is a folder is told in words", async () => {
    const path = folder();
    const { err } = await runWords(["top", "--once"], { CHAINWATCH_TOKEN_FILE: path });
    expect(err).toMatch(/Cure: it is a folder; name the file itself/);
  });

  test("that holds the token opens the server", async () => {
    const file = join(folder(), "token");
    writeFileSync(file, `${"f".repeat(48)}\n`);
    const { url } = await runningServer({ token: new Secret("f".repeat(48)) });
    expect(await runWords(["top", "--once", "--url", url], { CHAINWATCH_TOKEN_FILE: file })).toMatchObject({ code: 0 });
  });
});

describe("who top asks", () => {
  test("CHAINWATCH_SOURCE says it, and --url wins over it", async () => {
    const { url } = await runningServer();
    const away = await nobody();
    const ask = (words: string[], source: string) =>
      runWords(["top", "--once", ...words], { CHAINWATCH_SOURCE: source });
    expect(await ask([], `local=${url}`)).toMatchObject({ code: 0 });
    expect(await ask(["--url", url], `prometheus=${away}`)).toMatchObject({ code: 0 });
    const gone = await ask([], `prometheus=${away}`);
    expect(gone.err).toMatch(new RegExp(`no board from prometheus ${away}: .* or correct CHAINWATCH_SOURCE$`));
  });

  test("--source local is the server of this machine", async () => {
    const { err } = await runWords(["top", "--once", "--source", "local=http://127.0.0.1:24317"]);
    expect(err).toContain("no board from http://127.0.0.1:24317: ");
    const local = await runWords(["top", "--once", "--source", "local"]);
    if (local.code !== 0) expect(local.err).toContain("http://127.0.0.1:4318");
  });

  test("--service asks for one service, which the title names", async () => {
    const asked: string[] = [];
    const { url } = await runningServer();
    const between = await http(async (request, response) => {
      asked.push(request.url ?? "");
      response.end(await (await fetch(url + request.url)).text());
    });
    const { code, out } = await runWords(["top", "--once", "--service", "shop", "--url", `http://${between}`]);
    expect(code).toBe(0);
    expect(out).toContain("last 5 minutes · shop");
    expect(asked).toContain("/api/indicators?where.service=shop&window=300&compare=hour");
  });
});
