import { signal } from "@preact/signals";
import type { Change } from "../api/change.js";

export type Connection = "connecting" | "live" | "lost" | "locked";

/** `locked`: the server wants its token first. */
export const connection = signal<Connection>("connecting");
/** Unix time in milliseconds of the newest answer. */
export const lastAnswerMs = signal<number | undefined>(undefined);

type Listener = (changes: ReadonlySet<Change>) => void;

const EVERYTHING: ReadonlySet<Change> = new Set(["traces", "indicators", "alerts"]);
const RETRY_MS = 2000;

const listeners = new Set<Listener>();
let retry: ReturnType<typeof setTimeout> | undefined;

export function onChange(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(changes: ReadonlySet<Change>): void {
  for (const listener of listeners) listener(changes);
}

/** Begins anew after a login. */
export function unlock(): void {
  connection.value = "connecting";
  connect();
}

/** Follows the server's event stream, and finds it again after the server was away. */
export function connect(): void {
  clearTimeout(retry);
  const stream = new EventSource("/api/stream");
  stream.addEventListener("open", () => {
    connection.value = "live";
    // What happened while nobody listened is not repeated by the stream.
    tell(EVERYTHING);
  });
  stream.addEventListener("changed", (event: MessageEvent<string>) => tell(new Set(JSON.parse(event.data).what)));
  stream.addEventListener("error", () => {
    // The browser would try again by itself, but not after an answer such as 503.
    stream.close();
    if (connection.value === "locked") return;
    connection.value = "lost";
    retry = setTimeout(connect, RETRY_MS);
  });
}

/** An answer of the API, or the message of why there is none. */
export type Answer<T> = { data: T } | { failure: string; status?: number };

export function ask<T>(path: string, signal: AbortSignal): Promise<Answer<T>> {
  return answerOf(path, { signal });
}

/** Asks the server to do something, or sends what is too long for an address. */
export function send<T>(
  method: "POST" | "DELETE",
  path: string,
  body: object = {},
  signal?: AbortSignal,
): Promise<Answer<T>> {
  const json = { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  return answerOf(path, { method, ...(method === "POST" && json), ...(signal && { signal }) });
}

async function answerOf<T>(path: string, request: RequestInit): Promise<Answer<T>> {
  let response: Response;
  try {
    response = await fetch(path, { ...request, headers: { accept: "application/json", ...request.headers } });
  } catch (error) {
    if (!request.signal?.aborted) connection.value = "lost";
    return { failure: String(error) };
  }
  lastAnswerMs.value = Date.now();
  if (response.status === 401) {
    connection.value = "locked";
    return { failure: "", status: 401 };
  }
  const body = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return { data: body };
  return { failure: body?.error?.message ?? `${response.status} ${response.statusText}`, status: response.status };
}

/** @returns undefined when the server took it, else what the server said. */
export async function logIn(credentials: { token: string } | { code: string }): Promise<string | undefined> {
  const response = await fetch("/api/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(credentials),
  }).catch((error: unknown) => String(error));
  if (typeof response === "string") return response;
  if (!response.ok) return (await response.json().catch(() => undefined))?.error?.message ?? String(response.status);
  return undefined;
}
