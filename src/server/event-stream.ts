import type { ServerResponse } from "node:http";
import type { Change } from "../dashboard/api/change.js";

const MOST_READERS = 100;
/** Batches arrive many times a second; pages are told a few times a second. */
const GATHER_MS = 200;
/** Less than the idle limits of proxies on the way. */
const HEARTBEAT_MS = 15_000;

/** Tells open pages, by server-sent events, that something changed; they ask for what they show. */
export class EventStream {
  readonly #readers = new Set<ServerResponse>();
  readonly #gathered = new Set<Change>();
  #timer: NodeJS.Timeout | undefined;
  readonly #heartbeat = setInterval(() => this.#write(":\n\n"), HEARTBEAT_MS);

  get readers(): number {
    return this.#readers.size;
  }

  /** @returns false when as many pages listen as this server allows. */
  open(response: ServerResponse): boolean {
    if (this.#readers.size >= MOST_READERS) return false;
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write(":\n\n");
    this.#readers.add(response);
    response.on("close", () => this.#readers.delete(response));
    return true;
  }

  publish(...changes: Change[]): void {
    for (const change of changes) this.#gathered.add(change);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#write(`event: changed\ndata: ${JSON.stringify({ what: [...this.#gathered] })}\n\n`);
      this.#gathered.clear();
    }, GATHER_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#heartbeat);
    for (const reader of this.#readers) reader.end();
  }

  #write(text: string): void {
    for (const reader of this.#readers) {
      // A page that does not read, such as one on a sleeping laptop, must not fill the memory: it will connect anew.
      if (reader.writableNeedDrain) reader.destroy();
      else reader.write(text);
    }
  }
}
