import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip as gunzipWithCallback } from "node:zlib";
import { HttpRefusal } from "./http-refusal.js";

const gunzip = promisify(gunzipWithCallback);

export interface BodyLimits {
  /** Bytes, as sent and again after decompression. */
  maxBytes: number;
  /** Milliseconds from the first look at the request to the last byte of its body. */
  timeoutMs: number;
  /** Told of bytes before they are kept; may throw to refuse them. */
  hold: (bytes: number) => void;
}

/**
 * Reads and decompresses a request's body.
 *
 * @throws {HttpRefusal} 413 when it is too large, 408 when it is too slow, 415 for another compression than gzip,
 * 400 when the gzip stream is damaged.
 */
export async function readRequestBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const encoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding !== "identity" && encoding !== "gzip") {
    throw new HttpRefusal(415, `Content-Encoding: expected gzip or none, found ${JSON.stringify(encoding)}`);
  }
  const sent = await collect(request, limits);
  if (encoding === "identity") return sent;
  try {
    const body = await gunzip(sent, { maxOutputLength: limits.maxBytes });
    limits.hold(body.length);
    return body;
  } catch (error) {
    if (error instanceof HttpRefusal) throw error;
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(limits.maxBytes);
    throw new HttpRefusal(400, `the body is not gzip: ${(error as Error).message}`);
  }
}

const tooLarge = (maxBytes: number): HttpRefusal =>
  new HttpRefusal(413, `the body is larger than ${maxBytes} bytes; send it in parts`);

function collect(request: IncomingMessage, { maxBytes, timeoutMs, hold }: BodyLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let received = 0;

    const settle = (finish: () => void): void => {
      clearTimeout(timer);
      request.off("data", onData).off("end", onEnd).off("error", onBroken).off("close", onBroken);
      finish();
    };
    const onData = (chunk: Buffer): void => {
      received += chunk.length;
      try {
        if (received > maxBytes) throw tooLarge(maxBytes);
        hold(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        settle(() => reject(error));
      }
    };
    const onEnd = (): void => settle(() => resolve(Buffer.concat(chunks)));
    const onBroken = (): void => settle(() => reject(new HttpRefusal(400, "the connection ended inside the body")));
    const onTimeout = (): void =>
      settle(() => reject(new HttpRefusal(408, `the body did not arrive within ${timeoutMs} ms`)));

    const timer = setTimeout(onTimeout, timeoutMs);
    request.on("data", onData).on("end", onEnd).on("error", onBroken).on("close", onBroken);
  });
}

/**
 * Reads on, keeping nothing, until the body ends or a limit is reached: a client that is busy sending sees an answer
 * only after that, and a connection reset otherwise.
 */
export function discardBody(request: IncomingMessage, limits: { maxBytes: number; timeoutMs: number }): Promise<void> {
  return new Promise((resolve) => {
    let discarded = 0;
    const done = (): void => {
      clearTimeout(timer);
      request.off("data", onData).off("end", done).off("error", done).off("close", done).pause();
      resolve();
    };
    const onData = (chunk: Buffer): void => {
      discarded += chunk.length;
      if (discarded > limits.maxBytes) done();
    };
    const timer = setTimeout(done, limits.timeoutMs);
    request.on("data", onData).on("end", done).on("error", done).on("close", done).resume();
  });
}
