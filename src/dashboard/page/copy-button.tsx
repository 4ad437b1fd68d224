import { useState } from "preact/hooks";
import { say } from "./language.js";

export function CopyButton({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  // The clipboard is there only on loopback and https.
  if (!navigator.clipboard) return null;
  return (
    <button
      type="button"
      class="plain copy"
      onClick={async () => {
        await navigator.clipboard.writeText(text);
        setCopied(true);
        setTimeout(() => setCopied(false), 1500);
      }}
    >
      {copied ? say({ en: "Copied", zh: "已复制" }) : say({ en: "Copy", zh: "复制" })}
    </button>
  );
}
