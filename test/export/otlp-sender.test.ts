import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { exportSettingsOf } from "../../src/export/export-settings.js";
import { TRACES } from "../../src/export/otlp-messages.js";
import { otlpSender } from "../../src/export/otlp-sender.js";
import type { Send, SendFailure, SendResult } from "../../src/export/send-result.js";
import { OtlpServer } from "./otlp-server.js";
import { testCertificate } from "./test-certificate.js";

let server: OtlpServer;

function sender(endpoint: string, headers: Record<string, string> = {}): Send<ReadableSpan[]> {
  const { traces } = exportSettingsOf({ endpoint, headers }, process.env).destinations;
  if (traces === undefined) throw new Error("traces are off");
  return otlpSender(TRACES, traces, headers);
}

function spans(count = 1): ReadableSpan[] {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  for (let left = count; left > 0; left--) provider.getTracer("test").startSpan("work").end();
  return exporter.getFinishedSpans();
}

const codeOf = (result: SendResult): unknown => ((result as SendFailure).error as { code?: unknown } | undefined)?.code;

beforeEach(async () => {
  server = await OtlpServer.start();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

describe("One attempt over OTLP/HTTP", () => {
  it("delivers spans and headers", async () => {
    expect(await sender(server.url, { "x-key": "k" })(spans(3))).toMatchObject({ sent: true });
    expect(server.spans).toHaveLength(3);
    expect(server.requests[0]).toMatchObject({
      path: "/v1/traces",
      headers: { "x-key": "k", "content-type": "application/x-protobuf" },
    });
  });

  it.each([
    [301, "reject"],
    [400, "reject"],
    [401, "reject"],
    [403, "reject"],
    [404, "reject"],
    [408, "retry"],
    [413, "split"],
    [429, "retry"],
    [500, "retry"],
    [503, "retry"],
  ])("answered with %i says %s, after one request", async (status, next) => {
    server.refuse(status);
    const result = await sender(server.url)(spans());
    expect(result).toMatchObject({ sent: false, next });
    expect(codeOf(result)).toBe(status);
    expect(server.requests).toHaveLength(1);
  });

  it("passes on how long the receiver asks to be left alone", async () => {
    server.override = (_, response) => {
      response.writeHead(429, { "retry-after": "7" }).end();
      return true;
    };
    expect(await sender(server.url)(spans())).toMatchObject({ retryAfterMs: 7_000 });
    server.override = (_, response) => {
      response.writeHead(503, { "retry-after": new Date(Date.now() + 60_000).toUTCString() }).end();
      return true;
    };
    const { retryAfterMs } = (await sender(server.url)(spans())) as SendFailure;
    expect(retryAfterMs).toBeGreaterThan(50_000);
  });

  it("takes a connection that the receiver closed while it was idle for what it is", async () => {
    const send = sender(server.url);
    expect(await send(spans())).toMatchObject({ sent: true });
    await server.close();
    await server.listen();
    expect(await send(spans())).toMatchObject({ sent: true });
    expect(server.spans).toHaveLength(2);
  });

  it.each([
    ["a refusal", 400, (words: string) => words],
    ["a part that was rejected", 200, (words: string) => JSON.stringify({ partialSuccess: { errorMessage: words } })],
  ])("quotes %s in one line, without keys and control characters", async (_, status, body) => {
    vi.stubEnv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json");
    server.override = (_request, response) => {
      response.writeHead(status).end(body(`no\n\u001b[2Jtenant for Bearer s3cret-token ${"x".repeat(1000)}`));
      return true;
    };
    const { answer } = await sender(server.url, { authorization: "Bearer s3cret-token" })(spans());
    expect(answer?.said).toMatch(/^no \[2Jtenant for Bearer \[redacted\] x+$/);
    expect(answer?.said).toHaveLength(200);
  });

  it("reads no more of an endless answer than it needs", async () => {
    let written = 0;
    server.override = (_, response) => {
      response.writeHead(400);
      const write = (): void => {
        while (written < 50_000_000 && !response.destroyed) {
          written += 65_536;
          if (!response.write(Buffer.alloc(65_536))) {
            response.once("drain", write);
            return;
          }
        }
        response.end();
      };
      write();
      return true;
    };
    expect(await sender(server.url)(spans())).toMatchObject({ sent: false, next: "reject" });
    expect(written).toBeLessThan(20_000_000);
  });

  it("gives up after OTEL_EXPORTER_OTLP_TIMEOUT, also on an answer that trickles", async () => {
    vi.stubEnv("OTEL_EXPORTER_OTLP_TIMEOUT", "300");
    let timer: NodeJS.Timeout | undefined;
    server.override = (_, response) => {
      response.writeHead(200);
      timer = setInterval(() => response.write("x"), 50);
      return true;
    };
    const result = (await sender(server.url)(spans())) as SendFailure;
    clearInterval(timer);
    expect(result).toMatchObject({ sent: false, next: "retry" });
    expect(result.error.message).toBe("no answer within 0.3 s");
  });

  it("says that nobody listens", async () => {
    await server.close();
    const result = await sender(server.url)(spans());
    expect(result).toMatchObject({ sent: false, next: "retry" });
    expect(codeOf(result)).toBe("ECONNREFUSED");
  });

  it("says that the port speaks something else than HTTP/1.1", async () => {
    const other = createTcpServer((socket) =>
      socket
        .on("error", () => undefined)
        .resume()
        .end("\0\0\x06\x04"),
    );
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const result = await sender(`http://127.0.0.1:${(other.address() as AddressInfo).port}`)(spans());
    expect(codeOf(result)).toMatch(/^HPE_/);
    await new Promise((resolve) => other.close(resolve));
  });

  it("says that the receiver speaks no TLS", async () => {
    expect(codeOf(await sender(server.url.replace("http:", "https:"))(spans()))).toBe("EPROTO");
  });

  it("gives up for good what cannot be written as OTLP", async () => {
    const broken = [{ ...spans()[0], startTime: undefined }] as unknown as ReadableSpan[];
    expect(await sender(server.url)(broken)).toMatchObject({ sent: false, next: "reject" });
    expect(server.requests).toEqual([]);
  });
});

describe("A receiver with TLS", () => {
  let folder: string;
  let tls: Server;
  let url: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "chainwatch-tls-"));
    const certificate = testCertificate({ host: "127.0.0.1" });
    writeFileSync(join(folder, "cert.pem"), certificate.cert);
    tls = createServer(certificate, (request, response) => {
      request.resume();
      response.end();
    });
    await new Promise<void>((resolve) => tls.listen(0, "127.0.0.1", resolve));
    url = `https://127.0.0.1:${(tls.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    tls.closeAllConnections();
    await new Promise((resolve) => tls.close(resolve));
    rmSync(folder, { recursive: true });
  });

  it("whose certificate nobody vouches for gets nothing, and is named", async () => {
    const result = await sender(url)(spans());
    expect(result).toMatchObject({ sent: false, next: "retry" });
    expect(codeOf(result)).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
  });

  it("is trusted through OTEL_EXPORTER_OTLP_CERTIFICATE", async () => {
    vi.stubEnv("OTEL_EXPORTER_OTLP_CERTIFICATE", join(folder, "cert.pem"));
    expect(await sender(url)(spans())).toMatchObject({ sent: true });
  });
});
