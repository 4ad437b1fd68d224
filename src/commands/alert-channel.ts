import type { Channel } from "../notify/channel.js";
import { consoleChannel } from "../notify/console/console-channel.js";
import type { Terminal } from "./terminal.js";

/** What a command that runs on says: lines for people, or with `--json` an object a line. */
export function eventLine(event: string, fields: object): string {
  return JSON.stringify({ event, ...fields });
}

/** Alerts on standard output. */
export function alertChannel(json: boolean, { out, language }: Pick<Terminal, "out" | "language">): Channel {
  if (!json) return consoleChannel(out, language);
  return {
    name: "console",
    async deliver({ alerts }) {
      for (const alert of alerts) out(eventLine("alert", alert));
      return { delivered: true };
    },
  };
}
