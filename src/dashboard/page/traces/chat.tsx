import type { BilingualText } from "../../../indicators/language.js";
import type { Message, MessagePart } from "../../span-content.js";
import { LongText } from "../controls/long-text.js";
import { say } from "../language.js";

const ROLE_TEXT: Readonly<Record<string, BilingualText>> = {
  system: { en: "System", zh: "系统" },
  user: { en: "User", zh: "用户" },
  assistant: { en: "Assistant", zh: "助手" },
  tool: { en: "Tool", zh: "工具" },
};

/** Messages as a conversation: what went in, then what came out. */
export function Chat({ messages }: { messages: readonly Message[] }) {
  return (
    <section class="chat" aria-label={say({ en: "Messages", zh: "消息" })}>
      <h3>{say({ en: "Messages", zh: "消息" })}</h3>
      <ol>
        {messages.map((message, index) => (
          <li key={index} class={`message ${message.direction}`} data-role={message.role}>
            <h4>
              {ROLE_TEXT[message.role] ? say(ROLE_TEXT[message.role] as BilingualText) : message.role}
              {message.direction === "output" && <small class="quiet">{say({ en: "answer", zh: "回答" })}</small>}
              {message.finishReason && message.finishReason !== "stop" && (
                <small class="quiet">{message.finishReason}</small>
              )}
            </h4>
            {message.parts.map((part, at) => (
              <Part key={at} part={part} />
            ))}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Part({ part }: { part: MessagePart }) {
  switch (part.type) {
    case "text":
      return (
        <p class="said">
          <LongText text={part.content} />
        </p>
      );
    case "reasoning":
      return (
        <details>
          <summary>{say({ en: "Reasoning", zh: "推理" })}</summary>
          <p class="said">
            <LongText text={part.content} />
          </p>
        </details>
      );
    case "tool_call":
      return (
        <details class="tool">
          <summary>
            {say({ en: "Calls", zh: "调用" })} <code>{part.name}</code>
          </summary>
          <pre>
            <LongText text={part.arguments} />
          </pre>
        </details>
      );
    case "tool_call_response":
      return (
        <details class="tool">
          <summary>
            {say({ en: "Tool result", zh: "工具结果" })} <code>{part.id}</code>
          </summary>
          <pre>
            <LongText text={part.response} />
          </pre>
        </details>
      );
    case "other":
      return (
        <details>
          <summary>{part.kind}</summary>
          <pre>
            <LongText text={part.content} />
          </pre>
        </details>
      );
  }
}
