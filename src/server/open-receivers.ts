import type { Language } from "../indicators/language.js";
import type { Channel } from "../notify/channel.js";
import type { Receiver } from "../notify/receiver.js";

/** By what their settings are, so that the same settings are the same channel. */
export type OpenReceivers = ReadonlyMap<string, Channel>;

/**
 * The channels of receivers. One whose settings stay is the one from before, with what it remembers: how much it has
 * sent, and who has a message already.
 *
 * @param language of receivers that have none of their own
 */
export function openReceivers(
  receivers: readonly Receiver[],
  language: Language,
  before: OpenReceivers = new Map(),
): OpenReceivers {
  return new Map(
    receivers.map((receiver) => [receiver.digest, before.get(receiver.digest) ?? receiver.open(language)] as const),
  );
}
