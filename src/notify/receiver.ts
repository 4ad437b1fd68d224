import type { Language } from "../indicators/language.js";
import type { Channel } from "./channel.js";
import type { ChannelKind } from "./channel-kind.js";

/** Who can be told, and how: an entry of `receivers`. */
export interface Receiver {
  name: string;
  kind: ChannelKind;
  /** Of its messages; undefined: that of the program. */
  language: Language | undefined;
  /** Other settings have another one. SHA-256, hex. */
  digest: string;
  /** @param usual the language of a receiver that has none of its own */
  open(usual: Language): Channel;
}
