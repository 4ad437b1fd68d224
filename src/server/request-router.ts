import type { IncomingMessage, ServerResponse } from "node:http";
import { type ApiRoute, answerApi } from "../dashboard/api/api.js";
import { ApiError } from "../dashboard/api/api-error.js";
import { Download } from "../dashboard/api/download.js";
import { HttpRefusal } from "../receive/http-refusal.js";
import type { OtlpReceiver } from "../receive/otlp-receiver.js";
import { readRequestBody } from "../receive/request-body.js";
import type { EventStream } from "./event-stream.js";
import type { OriginGuard } from "./origin-guard.js";
import type { PageFiles } from "./page-files.js";
import { send, sendDownload, sendError, sendJson, setCommonHeaders } from "./reply.js";
import type { ServerCounters } from "./server-counters.js";
import type { TokenGate } from "./token-gate.js";

export interface RouterParts {
  guard: OriginGuard;
  gate: TokenGate;
  /** Undefined: this server has none. */
  page: PageFiles | undefined;
  stream: EventStream;
  counters: ServerCounters;
  /** Undefined until the files are open. */
  services(): RouterServices | undefined;
  log(message: string): void;
}

/** What needs the open files. */
export interface RouterServices {
  /** Absent: this server takes no telemetry. */
  receive?: OtlpReceiver;
  api: readonly ApiRoute[];
  /** The text for Prometheus. */
  metrics(): Promise<string>;
}

const LARGEST_LOGIN_BYTES = 4096;
const LARGEST_CALL_BYTES = 64 * 1024;
const BODY_TIMEOUT_MS = 5000;

/**
 * Answers one request: is it a probe → who is asking → may they → what do they want.
 *
 * | path | answer |
 * |---|---|
 * | `/healthz`, `/readyz` | the process lives; it can store and answer. Without the token, under any `Host` |
 * | `POST /v1/…` | OTLP |
 * | `/api/login`, `/api/stream`, `/api/…` | the cookie for the token or the login code, events, JSON; what changes something is sent as JSON |
 * | `/metrics` | Prometheus text |
 * | anything else | the page, without the token: it holds no data |
 */
export async function routeRequest(
  parts: RouterParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  setCommonHeaders(response);
  try {
    await answer(parts, request, response);
  } catch (error) {
    if (error instanceof ApiError) {
      return sendJson(response, error.status, error.toJSON(), request.complete ? {} : { Connection: "close" });
    }
    if (error instanceof HttpRefusal) return refuse(request, response, error.status, error.message);
    parts.log(`${request.method} ${request.url?.split("?", 1)[0]}: ${error instanceof Error ? error.stack : error}`);
    sendError(response, 500, "a fault in the server; its log says more");
  }
}

async function answer(parts: RouterParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method ?? "";
  const url = addressOf(request);
  const services = parts.services();
  // Probes come under any name, without the token, and learn nothing else.
  if (url.pathname === "/healthz") return text(response, 200, "ok\n");
  if (url.pathname === "/readyz") return text(response, services ? 200 : 503, services ? "ready\n" : "starting\n");

  const admission = parts.gate.admission(request.headers);
  const refusal = parts.guard.refusal({ method, headers: request.headers, hasToken: admission === "token" });
  if (refusal !== undefined) return refuse(request, response, 403, refusal);

  if (url.pathname === "/api/login") return login(parts, request, response);

  const isData = /^\/(?:api|v1)\/|^\/metrics$/.test(url.pathname);
  if (isData && admission === "refused") {
    return refuse(request, response, 401, "this server asks for its token: Authorization: Bearer <CHAINWATCH_TOKEN>", {
      "WWW-Authenticate": "Bearer",
    });
  }
  if (isData && !services) return refuse(request, response, 503, "the server is starting", { "Retry-After": "1" });

  if (services?.receive && url.pathname.startsWith("/v1/")) {
    response.on("finish", () => parts.counters.addOtlpAnswer(url.pathname, response.statusCode));
    if (await services.receive(request, response)) return;
    return refuse(request, response, 404, `no ${url.pathname}: expected /v1/traces, /v1/metrics or /v1/logs`);
  }
  if (services && url.pathname.startsWith("/v1/")) {
    return refuse(request, response, 404, "this server takes no telemetry: send it to a Collector or chainwatch serve");
  }
  const otlpPath = /\/v1\/(?:traces|metrics|logs)$/.exec(url.pathname)?.[0];
  if (services?.receive && method === "POST" && otlpPath !== undefined) {
    return refuse(request, response, 404, `no ${url.pathname}: this server receives OTLP at ${otlpPath}`);
  }
  if (url.pathname === "/api/stream") {
    if (!parts.stream.open(response)) sendError(response, 503, "as many pages listen as this server allows");
    return;
  }
  if (services && url.pathname.startsWith("/api/")) {
    const readBody = async (): Promise<unknown> => parsed(await readJson(request, LARGEST_CALL_BYTES));
    const left = new AbortController();
    response.once("close", () => left.abort());
    const answered = await answerApi(services.api, { method, url, readBody, signal: left.signal });
    return answered instanceof Download ? sendDownload(response, answered) : sendJson(response, 200, answered);
  }
  if (method !== "GET" && method !== "HEAD") {
    if (method === "POST" && url.pathname !== "/metrics" && !parts.page?.has(url.pathname)) {
      return refuse(request, response, 404, `no ${url.pathname} to POST to`);
    }
    return refuse(request, response, 405, `${url.pathname} can only be read`, { Allow: "GET, HEAD" });
  }
  if (services && url.pathname === "/metrics") {
    const body = await services.metrics();
    return send(response, { status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8", body });
  }
  const file = parts.page?.find(url.pathname);
  if (file) return send(response, file);
  sendError(response, 404, `no ${url.pathname}`);
}

/** Only the path and the query count: the host was checked, and a proxy's form of the address says nothing here. */
function addressOf(request: IncomingMessage): URL {
  const target = request.url ?? "/";
  const base = "http://localhost";
  // `//evil` would be read as another host.
  const path = target.startsWith("/") ? target.replace(/^\/+/, "/") : "/";
  return URL.canParse(path, base) ? new URL(path, base) : new URL(base);
}

/** What the sender still sends is not waited for, so it must not be taken for the next request. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  sendError(response, status, message, request.complete ? headers : { ...headers, Connection: "close" });
}

function text(response: ServerResponse, status: number, body: string): void {
  send(response, { status, contentType: "text/plain; charset=utf-8", body });
}

async function login({ gate }: RouterParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "POST") return refuse(request, response, 405, "expected POST", { Allow: "POST" });
  const body = await readJson(request, LARGEST_LOGIN_BYTES);
  const { token, code } = credentialsIn(body);
  const cookie = code === "" ? gate.cookieForToken(token, request.headers) : gate.cookieForCode(code, request.headers);
  if (cookie !== undefined) return sendJson(response, 200, { ok: true }, { "Set-Cookie": cookie });
  sendError(
    response,
    401,
    code === ""
      ? "this is not the token of this server (CHAINWATCH_TOKEN)"
      : "this login code was used, or is not of this start of the server",
  );
}

/**
 * The body of a call that changes something. The content type is one that a web page of another origin cannot send
 * without asking first.
 *
 * @throws {HttpRefusal}
 */
async function readJson(request: IncomingMessage, maxBytes: number): Promise<string> {
  const type = request.headers["content-type"]?.split(";", 1)[0]?.trim();
  if (type !== "application/json") {
    throw new HttpRefusal(415, `Content-Type: expected application/json, found ${JSON.stringify(type ?? "")}`);
  }
  const body = await readRequestBody(request, { maxBytes, timeoutMs: BODY_TIMEOUT_MS, hold: () => {} });
  return body.toString("utf8");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HttpRefusal(400, `the body: expected JSON, found something else: ${(error as Error).message}`);
  }
}

/** What is wrong with a login's body is not told: its parts are secrets. */
function credentialsIn(body: string): { token: string; code: string } {
  const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
  try {
    const { token, code } = JSON.parse(body);
    return { token: textOf(token), code: textOf(code) };
  } catch {
    return { token: "", code: "" };
  }
}
