import { CodeBlock } from "./code-block.js";
import { say } from "./language.js";

/** What an app needs, for the reader who has just started the server. */
export function WaitingPage() {
  const line = `import { instrument } from "chainwatch";\ninstrument({ serviceName: "my-app" });`;
  const usual = location.origin === "http://127.0.0.1:4318" || location.origin === "http://localhost:4318";
  const endpoint = usual ? "" : `OTEL_EXPORTER_OTLP_ENDPOINT=${location.origin} `;
  const command = `${endpoint}node --import chainwatch/register app.js`;
  return (
    <section class="waiting">
      <p class="pulse" aria-hidden="true" />
      <h1>{say({ en: "Waiting for your first run", zh: "等待第一次运行" })}</h1>
      <p class="quiet">
        {say({
          en: "Add this to your app, before or after LangChain is imported. Its first run appears here by itself.",
          zh: "把下面的代码加入你的应用，在导入 LangChain 之前或之后都可以。第一次运行会自动显示在这里。",
        })}
      </p>
      <CodeBlock code={endpoint ? line.replace(`"my-app"`, `"my-app", endpoint: "${location.origin}"`) : line} />
      <p class="quiet">{say({ en: "Or without a line of code:", zh: "或者不改代码：" })}</p>
      <CodeBlock code={command} />
      <p class="quiet">
        {say({
          en: "Any OpenTelemetry sender works too: OTLP over HTTP to ",
          zh: "任何 OpenTelemetry 发送端都可以：通过 HTTP 发送 OTLP 到 ",
        })}
        <code>{location.origin}</code>
      </p>
    </section>
  );
}
