import { CopyButton } from "./controls/copy-button.js";

export function CodeBlock({ code }: { code: string }) {
  return (
    <div class="code-block">
      <pre>
        <code>{code}</code>
      </pre>
      <CopyButton text={code} />
    </div>
  );
}
