import { CodeBlock } from "../code-block.js";
import { say } from "../language.js";

/** Says why no messages are shown, and the line that turns them on. */
export function NotCaptured() {
  return (
    <section class="notice">
      <p>
        {say({
          en: "The text of messages was not captured: that is off until you turn it on.",
          zh: "没有采集消息文本：默认关闭，需要时可开启。",
        })}
      </p>
      <CodeBlock code="captureMessageContent: true" />
    </section>
  );
}
