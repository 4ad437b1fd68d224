import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "../../src/commands/run-command-line.js";
import { exportSettingsOf, shownHost } from "../../src/export/export-settings.js";
import { TRACES } from "../../src/export/otlp-messages.js";
import { otlpSender } from "../../src/export/otlp-sender.js";
import { SendReport } from "../../src/export/send-report.js";
import { sendFailure } from "../../src/export/send-result.js";
import { sendTrouble } from "../../src/export/send-trouble.js";
import { systemClock } from "../../src/instrument/clock.js";
import { type TestCertificateOptions, testCertificate } from "./test-certificate.js";

const ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
const HEADERS = "OTEL_EXPORTER_OTLP_HEADERS";
const KEY = "s3cret-key-of-a-vendor";
const PASSWORD = "p4ss-of-the-url";

const closing: (() => unknown)[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0)) await close();
});

/** Listens on a free loopback port; host and port. */
async function listening(server: TcpServer | Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    if ("closeAllConnections" in server) server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const http = (listener: RequestListener) => listening(createServer(listener));
const answering =
  (status: number, body = "", headers: Record<string, string> = {}): RequestListener =>
  (request, response) => {
    request.resume().on("end", () => response.writeHead(status, headers).end(body));
  };

/** A receiver with TLS; `trusted`: its certificate is in `OTEL_EXPORTER_OTLP_CERTIFICATE`. */
async function tls(options: TestCertificateOptions, trusted: boolean): Promise<string> {
  const certificate = testCertificate(options);
  if (trusted) {
    const folder = mkdtempSync(join(tmpdir(), "chainwatch-trouble-"));
    closing.push(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "ca.pem"), certificate.cert);
    vi.stubEnv("OTEL_EXPORTER_OTLP_CERTIFICATE", join(folder, "ca.pem"));
  }
  return `https://${await listening(createHttpsServer(certificate, answering(200)))}`;
}

function stub(env: Record<string, string>): void {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
}

/** What the owner of an app with this environment reads when a span is sent. */
async function appLines(): Promise<string[]> {
  const lines: string[] = [];
  const { traces } = exportSettingsOf({}, process.env).destinations;
  if (traces === undefined) throw new Error("traces are off");
  const report = new SendReport(systemClock, (line) => lines.push(line));
  report.attempt({ what: "span", shown: shownHost(traces), destination: traces }, await otlpSender(TRACES, traces)([]));
  return lines;
}

/** What `chainwatch doctor` says in this environment. */
async function doctor(...args: string[]): Promise<{ code: number; out: string }> {
  const out: string[] = [];
  const code = await runCommandLine(["doctor", ...args], {
    screen: { write: (text: string) => out.push(text) },
    color: false,
    out: (line) => out.push(line),
    err: (line) => out.push(line),
    env: process.env,
    stop: new AbortController().signal,
  });
  return { code, out: out.join("\n") };
}

interface Case {
  name: string;
  kind: string;
  /** Starts what is wrong; the endpoint. */
  arrange: () => Promise<string>;
  says: RegExp;
  cure: RegExp;
  env?: Record<string, string>;
}

const CASES: Case[] = [
  {
    name: "nothing listens",
    kind: "refused",
    arrange: async () => {
      const host = await http(answering(200));
      for (const close of closing.splice(0)) close();
      return `http://${host}`;
    },
    says: /nothing listens there/,
    cure: /start "chainwatch serve" or correct OTEL_EXPORTER_OTLP_ENDPOINT/,
  },
  {
    name: "an unknown host",
    kind: "unknown_host",
    arrange: async () => "http://receiver.invalid:4318",
    says: /the host name is unknown/,
    cure: /correct OTEL_EXPORTER_OTLP_ENDPOINT/,
  },
  {
    name: "a port of HTTP/2, as gRPC has",
    kind: "grpc",
    arrange: async () => `http://${await listening(createHttp2Server())}`,
    says: /this looks like OTLP\/gRPC/,
    cure: /OTLP\/HTTP port, mostly 4318, in OTEL_EXPORTER_OTLP_ENDPOINT/,
  },
  {
    name: "a port of another protocol",
    kind: "not_http",
    arrange: async () =>
      `http://${await listening(
        createTcpServer((socket) =>
          socket
            .on("error", () => undefined)
            .resume()
            .end("SSH-2.0\r\n"),
        ),
      )}`,
    says: /it does not speak HTTP\/1\.1/,
    cure: /4318/,
  },
  {
    name: "https:// to a port of HTTP",
    kind: "no_tls",
    arrange: async () => `https://${await http(answering(200))}`,
    says: /it does not speak TLS/,
    cure: /write http:\/\/ in OTEL_EXPORTER_OTLP_ENDPOINT/,
  },
  {
    name: "http:// to a port of TLS",
    kind: "closed",
    arrange: async () => (await tls({ host: "127.0.0.1" }, true)).replace("https:", "http:"),
    says: /it closed the connection without an answer/,
    cure: /if it speaks TLS, write https:\/\/ in OTEL_EXPORTER_OTLP_ENDPOINT/,
  },
  {
    name: "http:// to a port of TLS that says so",
    kind: "tls_expected",
    arrange: async () => `http://${await http(answering(400, "Client sent an HTTP request to an HTTPS server.\n"))}`,
    says: /it speaks TLS/,
    cure: /write https:\/\/ in OTEL_EXPORTER_OTLP_ENDPOINT/,
  },
  {
    name: "a certificate that nobody vouches for",
    kind: "untrusted_certificate",
    arrange: () => tls({ host: "127.0.0.1" }, false),
    says: /its TLS certificate is not trusted/,
    cure: /set OTEL_EXPORTER_OTLP_CERTIFICATE=\/path\/ca\.pem or NODE_EXTRA_CA_CERTS=\/path\/ca\.pem/,
  },
  {
    name: "an expired certificate",
    kind: "expired_certificate",
    arrange: () => tls({ host: "127.0.0.1", notBefore: new Date(0), notAfter: new Date(1e9) }, true),
    says: /its TLS certificate has expired/,
    cure: /renew it/,
  },
  {
    name: "a certificate of tomorrow",
    kind: "early_certificate",
    arrange: () =>
      tls({ host: "127.0.0.1", notBefore: new Date(Date.now() + 1e8), notAfter: new Date(Date.now() + 1e9) }, true),
    says: /its TLS certificate is not valid yet/,
    cure: /clock/,
  },
  {
    name: "a certificate for another host",
    kind: "other_host",
    arrange: () => tls({ host: "receiver.example" }, true),
    says: /its TLS certificate is for another host name/,
    cure: /OTEL_EXPORTER_OTLP_ENDPOINT/,
  },
  {
    name: "a receiver that asks for a client certificate",
    kind: "client_certificate",
    arrange: async () => {
      const url = new URL(await tls({ host: "127.0.0.1" }, true));
      for (const close of closing.splice(1)) close();
      const ca = testCertificate({ host: "127.0.0.1" });
      const folder = mkdtempSync(join(tmpdir(), "chainwatch-trouble-"));
      closing.push(() => rmSync(folder, { recursive: true }));
      writeFileSync(join(folder, "ca.pem"), ca.cert);
      vi.stubEnv("OTEL_EXPORTER_OTLP_CERTIFICATE", join(folder, "ca.pem"));
      url.host = await listening(createHttpsServer({ ...ca, requestCert: true }, answering(200)));
      return url.origin;
    },
    says: /it wants another client certificate/,
    cure: /set OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY/,
  },
  {
    name: "401",
    kind: "unauthorized",
    arrange: async () => `http://${await http(answering(401))}`,
    says: /it answered 401: the token is missing or wrong/,
    cure: /correct OTEL_EXPORTER_OTLP_HEADERS, such as authorization=Bearer%20<token>/,
  },
  {
    name: "401 to a signal with headers of its own",
    kind: "unauthorized",
    env: { OTEL_EXPORTER_OTLP_TRACES_HEADERS: `x-key=${KEY}` },
    arrange: async () => `http://${await http(answering(401))}`,
    says: /401/,
    cure: /correct OTEL_EXPORTER_OTLP_TRACES_HEADERS/,
  },
  {
    name: "403",
    kind: "forbidden",
    arrange: async () => `http://${await http(answering(403))}`,
    says: /it answered 403: .*may not write/,
    cure: /correct OTEL_EXPORTER_OTLP_HEADERS/,
  },
  {
    name: "404, for the vendor's path is missing",
    kind: "wrong_path",
    arrange: async () => `http://${await http(answering(404))}`,
    says: /it answered 404 to POST \/v1\/traces/,
    cure: /OTEL_EXPORTER_OTLP_ENDPOINT takes the base URL.*OTEL_TRACES_EXPORTER=none if it takes no traces/,
  },
  {
    name: "404 to a signal's own endpoint",
    kind: "wrong_path",
    arrange: async () => {
      const url = `http://${await http(answering(404))}`;
      stub({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url });
      return url;
    },
    says: /it answered 404 to POST \//,
    cure: /OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is used as it is: give the whole path/,
  },
  {
    name: "405",
    kind: "wrong_path",
    arrange: async () => `http://${await http(answering(405))}`,
    says: /it answered 405 to POST/,
    cure: /base URL/,
  },
  {
    name: "415 to protobuf",
    kind: "wrong_format",
    arrange: async () => `http://${await http(answering(415))}`,
    says: /it answered 415: it does not take this format \(http\/protobuf\)/,
    cure: /set OTEL_EXPORTER_OTLP_PROTOCOL=http\/json/,
  },
  {
    name: "415 to JSON",
    kind: "wrong_format",
    env: { OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" },
    arrange: async () => `http://${await http(answering(415))}`,
    says: /\(http\/json\)/,
    cure: /set OTEL_EXPORTER_OTLP_PROTOCOL=http\/protobuf/,
  },
  {
    name: "a redirect",
    kind: "redirect",
    arrange: async () =>
      `http://${await http(answering(308, "", { location: `https://u:${PASSWORD}@other.example/v1/traces?key=${KEY}` }))}`,
    says: /it answered 308, a redirect to https:\/\/other\.example\/v1\/traces/,
    cure: /give the endpoint that it redirects to in OTEL_EXPORTER_OTLP_ENDPOINT/,
  },
  {
    name: "413",
    kind: "too_large",
    arrange: async () => `http://${await http(answering(413))}`,
    says: /it answered 413 to one item alone/,
    cure: /raise its limit/,
  },
  {
    name: "429",
    kind: "too_much",
    arrange: async () => `http://${await http(answering(429))}`,
    says: /it answered 429: it asks for less/,
    cure: /OTEL_TRACES_SAMPLER/,
  },
  {
    name: "503",
    kind: "receiver_failed",
    arrange: async () => `http://${await http(answering(503))}`,
    says: /it answered 503: .*down or overloaded/,
    cure: /see its log/,
  },
  {
    name: "400",
    kind: "not_taken",
    arrange: async () => `http://${await http(answering(400, "no"))}`,
    says: /it answered 400/,
    cure: /"chainwatch doctor" shows what it says/,
  },
  {
    name: "200 with a web page",
    kind: "web_page",
    arrange: async () => `http://${await http(answering(200, "<!doctype html><html>Sign in</html>"))}`,
    says: /it answered 200 with a web page/,
    cure: /no OTLP receiver is there: correct OTEL_EXPORTER_OTLP_ENDPOINT/,
  },
  {
    name: "no answer in time",
    kind: "no_answer",
    env: { OTEL_EXPORTER_OTLP_TIMEOUT: "200" },
    arrange: async () => `http://${await http((request) => void request.resume())}`,
    says: /no answer within 0\.2 s/,
    cure: /check OTEL_EXPORTER_OTLP_ENDPOINT, and the network/,
  },
  {
    name: "a header that HTTP cannot carry",
    kind: "bad_header",
    env: { [HEADERS]: `x-key=${KEY}%0A` },
    arrange: async () => `http://${await http(answering(200))}`,
    says: /a header holds what HTTP cannot carry/,
    cure: /correct OTEL_EXPORTER_OTLP_HEADERS/,
  },
];

describe("One line says what is wrong and what to do", () => {
  it.each(CASES)("$name", async ({ kind, arrange, says, cure, env = {} }) => {
    stub({ [HEADERS]: `x-key=${KEY}`, ...env });
    const endpoint = new URL(await arrange());
    endpoint.username = "user";
    endpoint.password = PASSWORD;
    stub({ [ENDPOINT]: endpoint.href });

    const lines = await appLines();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(says);
    expect(lines[0]).toMatch(cure);
    expect(lines[0]).not.toContain("\n");

    const english = await doctor("--lang", "en");
    const [line = ""] = english.out.match(/^✗ traces .*$/m) ?? [];
    expect(line).toMatch(says);
    expect(line).toMatch(new RegExp(`→ .*${cure.source}`));
    const chinese = await doctor("--lang", "zh");
    expect(chinese.out).toMatch(/^✗ traces .*\p{Script=Han}.* → .*\p{Script=Han}/mu);
    const { telemetry } = JSON.parse((await doctor("--json", "--lang", "en")).out);
    expect(telemetry[0]).toMatchObject({
      signal: "traces",
      ok: false,
      trouble: kind,
      cure: expect.stringMatching(cure),
    });

    expect(english.code).toBe(1);
    for (const text of [...lines, english.out, chinese.out, JSON.stringify(telemetry)]) {
      expect(text).not.toContain(KEY);
      expect(text).not.toContain(PASSWORD);
    }
  });

  it("without the key, when the receiver quotes it", async () => {
    stub({ [HEADERS]: `authorization=Bearer%20${KEY}` });
    stub({
      [ENDPOINT]: `http://${await http((request, response) => answering(401, `bad: ${request.headers.authorization}`)(request, response))}`,
    });
    const { out } = await doctor("--lang", "en");
    expect(out).toContain("bad: Bearer [redacted]");
    expect(out + (await appLines()).join()).not.toContain(KEY);
  });

  it("by the port of gRPC, when that closes the connection at once", () => {
    const { traces } = exportSettingsOf({ endpoint: "http://receiver:4317" }, {}).destinations;
    const trouble = sendTrouble(
      sendFailure(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" })),
      traces,
    );
    expect(trouble).toMatchObject({ kind: "grpc", cure: { en: "give the OTLP/HTTP port, mostly 4318, in endpoint" } });
  });

  it.each([4, 7, 14, 16])("but a gRPC status of an exporter of the app's own is no HTTP status: %i", (code) => {
    const failure = sendFailure(Object.assign(new Error("14 UNAVAILABLE"), { code }));
    expect(sendTrouble(failure, undefined)).toEqual({
      kind: "other",
      what: { en: "14 UNAVAILABLE", zh: "14 UNAVAILABLE" },
      cure: undefined,
    });
  });
});
