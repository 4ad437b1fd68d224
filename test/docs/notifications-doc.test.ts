import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CHANNEL_KIND_NAMES } from "../../src/notify/channel-kind.js";
import { parseConfigFile } from "../../src/notify/config-file.js";
import { CHANNEL_VARIABLES } from "../notify/channel-variables.js";

const DOCUMENT = readFileSync(new URL("../../docs/notifications.md", import.meta.url), "utf8");

test("every file that the page shows is right, and together they show every channel", () => {
  const shown = [...DOCUMENT.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
  const kinds = shown.flatMap((text) => {
    const { findings, receivers } = parseConfigFile(text, "docs/notifications.md", { env: CHANNEL_VARIABLES });
    expect(
      findings.map((finding) => finding.text),
      text,
    ).toEqual([]);
    return receivers.map(({ kind }) => kind);
  });
  expect(new Set(kinds)).toEqual(new Set(CHANNEL_KIND_NAMES));
});
