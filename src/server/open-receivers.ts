import type { Language } from "../indicators/language.js";
import type { Channel } from "../notify/channel.js";
import type { Receiver } from "../notify/receiver.js";

/** By what their settings are, so that the same settings are the same channel. */
export type OpenReceivers = ReadonlyMap<string, Channel>;

/** What the messages of a server have in common. */
export interface Sender {
  /** For receivers that have none of their own. */
  language: Language;
  /** Begins the links to the page; undefined where there is none. */
  pageUrl: string | undefined;
}

/**
 * The channels of receivers. One whose settings stay is the one from before, with what it remembers: how much it has
 * sent, and who has a message already.
 */
export function openReceivers(
  receivers: readonly Receiver[],
  sender: Sender,
  before: OpenReceivers = new Map(),
): OpenReceivers {
  return new Map(
    receivers.map((receiver) => [receiver.digest, before.get(receiver.digest) ?? opened(receiver, sender)] as const),
  );
}

/** The address of the page is that of today, also in messages that an earlier process left. */
function opened(receiver: Receiver, { language, pageUrl }: Sender): Channel {
  const channel = receiver.open(language);
  if (pageUrl === undefined) return channel;
  return { ...channel, deliver: (notification, signal) => channel.deliver({ ...notification, pageUrl }, signal) };
}
