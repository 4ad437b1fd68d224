import { useState } from "preact/hooks";
import type { BilingualText } from "../../indicators/language.js";
import { say } from "./language.js";

const COPY: BilingualText = { en: "Copy", zh: "复制" };

interface CopyButtonProps {
  /** A function for what takes time to write. */
  text: string | (() => string);
  label?: BilingualText;
}

export function CopyButton({ text, label = COPY }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  // The clipboard is there only on loopback and https.
  if (!navigator.clipboard) return null;
  return (
    <button
      type="button"
      class="plain copy"
      onClick={async () => {
        await navigator.clipboard.writeText(typeof text === "string" ? text : text());
        setCopied(true);
        setTimeout(() => setCopied(false), 1500);
      }}
    >
      {copied ? say({ en: "Copied", zh: "已复制" }) : say(label)}
    </button>
  );
}
