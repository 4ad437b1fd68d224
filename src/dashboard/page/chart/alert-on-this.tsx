import { useRef, useState } from "preact/hooks";
import { proposedRule, type WatchedChart } from "../../../alert/proposed-rule.js";
import type { BilingualText } from "../../../indicators/language.js";
import { CodeBlock } from "../code-block.js";
import { Icon } from "../icon.js";
import { say } from "../language.js";

const WORDS: BilingualText = { en: "Alert on this", zh: "设置告警" };

/** A button that shows the rule which would watch this chart, ready to be copied into the rules file. */
export function AlertOnThis(chart: WatchedChart) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [rule, setRule] = useState("");
  return (
    <>
      <button
        type="button"
        class="plain"
        title={say(WORDS)}
        onClick={() => {
          setRule(proposedRule(chart));
          dialog.current?.showModal();
        }}
      >
        <Icon name="bell" />
        <span class="sr-only">
          {say(WORDS)} {chart.indicator}
        </span>
      </button>
      <dialog ref={dialog} aria-label={say({ en: "A rule for this chart", zh: "此图表的规则" })}>
        <p>
          {say({
            en: "Put this into chainwatch.yaml, below its other rules, and choose the threshold. The server reads the file again by itself.",
            zh: "把它加入 chainwatch.yaml 的 rules 中，并调整阈值。服务器会自动重新读取该文件。",
          })}
        </p>
        <CodeBlock code={rule} />
        <button type="button" class="primary" onClick={() => dialog.current?.close()}>
          {say({ en: "Close", zh: "关闭" })}
        </button>
      </dialog>
    </>
  );
}
