import type { Language } from "../../indicators/language.js";
import type { Channel } from "../channel.js";
import { consoleMessage } from "./console-message.js";

/** Prints alerts, a line each, through `print` (which ends the line). */
export function consoleChannel(print: (line: string) => void, language: Language): Channel {
  return {
    name: "console",
    async deliver({ alerts }) {
      for (const alert of alerts) print(consoleMessage(alert, language));
      return { delivered: true };
    },
  };
}
