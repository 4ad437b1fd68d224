import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Download } from "../dashboard/api/download.js";
import { CHAINWATCH } from "../query/server-name.js";

/**
 * On every answer. Scripts, styles and data come from this server alone and nothing is written inline; scripts cannot
 * turn text into HTML; no other site may frame the page.
 */
const SAFETY_HEADERS = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; "),
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** On every answer: what answers, and what browsers may do with it. */
export function setCommonHeaders(response: ServerResponse): void {
  response.setHeader("Server", CHAINWATCH);
  for (const [name, value] of Object.entries(SAFETY_HEADERS)) response.setHeader(name, value);
}

export interface Reply {
  status: number;
  contentType: string;
  body: string | Buffer;
  headers?: Readonly<Record<string, string>>;
}

/** Figures of a moment must not come out of a cache, so nothing is kept unless `headers` say so. */
export function send(response: ServerResponse, { status, contentType, body, headers }: Reply): void {
  // The reader may have left, or a failure may follow an answer that has begun.
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    "Cache-Control": "no-store",
    ...headers,
    "Content-Type": contentType,
    "Content-Length": Buffer.byteLength(body),
  });
  // Node leaves the body of an answer to HEAD out by itself.
  response.end(body);
}

/** Sends a file as it is read. A fault on the way cuts the connection, so that half a file is not taken for a whole. */
export async function sendDownload(
  response: ServerResponse,
  { fileName, contentType, chunks }: Download,
): Promise<void> {
  const body = chunks instanceof Readable ? chunks : Readable.from(chunks);
  response.writeHead(200, {
    "Cache-Control": "no-store",
    "Content-Type": contentType,
    "Content-Disposition": `attachment; filename="${fileName}"`,
  });
  if (response.req.method === "HEAD") {
    body.destroy();
    response.end();
    return;
  }
  try {
    await pipeline(body, response);
  } catch (error) {
    // The reader has left.
    if ((error as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  }
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  send(response, { status, contentType: "application/json; charset=utf-8", body: JSON.stringify(body), headers });
}

/** The shape of every error of this server, except those of OTLP. */
export function sendError(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  sendJson(response, status, { error: { message } }, headers);
}
