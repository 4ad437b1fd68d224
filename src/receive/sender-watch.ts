import {
  ATTR_INPUT_MESSAGES,
  ATTR_OPERATION_NAME,
  ATTR_OUTPUT_MESSAGES,
  RESOURCE_SERVICE_INSTANCE_ID,
  RESOURCE_SERVICE_NAME,
} from "../instrument/semconv.js";
import type { Attributes, SpanRow, TelemetryBatch } from "./telemetry-batch.js";

/** What is known of a sender from its newest batches alone. */
export interface SenderSight {
  /**
   * How far its clock is ahead of this server's, seconds; negative: behind, or its telemetry takes so long to arrive.
   * The most of its last batches, since a batch on its way makes a clock look late and never early.
   */
  clockAheadS?: number;
  /** Whether its newest model calls came with their messages. */
  content?: boolean;
}

interface Sender {
  /** Of each of the last batches its newest time less the time of receipt, seconds. */
  aheadS: number[];
  content: boolean | undefined;
}

const BATCHES = 20;
const MOST_SENDERS = 1_000;
const WRITES: readonly unknown[] = ["chat", "text_completion", "generate_content"];

/** Watches the batches as they come in. In memory alone: after a restart of the server, what comes next tells it anew. */
export class SenderWatch {
  /** The one that was silent longest comes first. */
  readonly #senders = new Map<string, Sender>();

  /** @param nowMs the time of receipt, Unix time in milliseconds */
  note({ spans, points }: Pick<TelemetryBatch, "spans" | "points">, nowMs: number): void {
    const newest = new Map<Attributes, number>();
    const note = (resource: Attributes, timeUs: number): void => {
      newest.set(resource, Math.max(timeUs, newest.get(resource) ?? 0));
    };
    for (const { resource, timeUs } of points) note(resource, timeUs);
    for (const { resource, endTimeUs } of spans) note(resource, endTimeUs);
    for (const [resource, timeUs] of newest) {
      const { aheadS } = this.#sender(resource);
      aheadS.push(timeUs / 1_000_000 - nowMs / 1000);
      if (aheadS.length > BATCHES) aheadS.shift();
    }
    for (const span of spans) {
      if (WRITES.includes(span.attributes[ATTR_OPERATION_NAME])) this.#sender(span.resource).content = hasContent(span);
    }
  }

  /** @param instance "" for one that names none */
  sight(service: string, instance: string): SenderSight {
    const sender = this.#senders.get(key(service, instance));
    if (sender === undefined) return {};
    const { aheadS, content } = sender;
    return { clockAheadS: Math.max(...aheadS), ...(content !== undefined && { content }) };
  }

  #sender(resource: Attributes): Sender {
    const name = key(
      String(resource[RESOURCE_SERVICE_NAME] ?? "unknown_service"),
      String(resource[RESOURCE_SERVICE_INSTANCE_ID] ?? ""),
    );
    const sender = this.#senders.get(name) ?? { aheadS: [], content: undefined };
    this.#senders.delete(name);
    this.#senders.set(name, sender);
    const [silent] = this.#senders.keys();
    if (this.#senders.size > MOST_SENDERS && silent !== undefined) this.#senders.delete(silent);
    return sender;
  }
}

const key = (service: string, instance: string): string => JSON.stringify([service, instance]);

const hasContent = ({ attributes }: SpanRow): boolean =>
  attributes[ATTR_INPUT_MESSAGES] !== undefined || attributes[ATTR_OUTPUT_MESSAGES] !== undefined;
