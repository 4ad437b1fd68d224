import { useState } from "preact/hooks";
import type { BilingualText } from "../../../indicators/language.js";
import { say } from "../language.js";

const COPY: BilingualText = { en: "Copy", zh: "复制" };
const OUTCOMES: Readonly<Record<"copied" | "refused", BilingualText>> = {
  copied: { en: "Copied", zh: "已复制" },
  refused: { en: "The browser forbids copying", zh: "浏览器禁止复制" },
};
const SHOWN_MS = 1500;

interface CopyButtonProps {
  /** A function for what takes time to write. */
  text: string | (() => string);
  label?: BilingualText;
}

export function CopyButton({ text, label = COPY }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<"copied" | "refused">();
  // The clipboard is there only on loopback and https.
  if (!navigator.clipboard) return null;

  async function copy(): Promise<void> {
    // A browser may forbid it, by a policy or until it is asked.
    const written = navigator.clipboard.writeText(typeof text === "string" ? text : text());
    setOutcome(
      await written.then(
        () => "copied",
        () => "refused",
      ),
    );
    setTimeout(() => setOutcome(undefined), SHOWN_MS);
  }

  return (
    <button type="button" class="plain copy" onClick={copy}>
      {say(outcome === undefined ? label : OUTCOMES[outcome])}
    </button>
  );
}
