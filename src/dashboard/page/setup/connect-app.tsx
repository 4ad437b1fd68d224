import { CodeBlock } from "../code-block.js";
import { say } from "../language.js";
import "./connect-app.css";

const USUAL_ORIGINS = ["http://127.0.0.1:4318", "http://localhost:4318"];

/** How an app is connected to this server: in its code, or without a line of it. */
export function ConnectApp() {
  const { origin } = location;
  const isUsual = USUAL_ORIGINS.includes(origin);
  const call = `instrument({ serviceName: "my-app"${isUsual ? "" : `, endpoint: "${origin}"`} });`;
  const endpoint = isUsual ? "" : `OTEL_EXPORTER_OTLP_ENDPOINT=${origin} `;
  return (
    <div class="connect-app">
      <h3>{say({ en: "ES modules", zh: "ES 模块" })}</h3>
      <CodeBlock code={`import { instrument } from "chainwatch";\n${call}`} />
      <h3>CommonJS</h3>
      <CodeBlock code={`const { instrument } = require("chainwatch");\n${call}`} />
      <h3>{say({ en: "Or without a line of code", zh: "或者不改代码" })}</h3>
      <CodeBlock code={`${endpoint}node --import chainwatch/register app.js`} />
      <p class="quiet">
        {say({
          en: "Any OpenTelemetry sender works too: OTLP over HTTP to ",
          zh: "任何 OpenTelemetry 发送端都可以：通过 HTTP 发送 OTLP 到 ",
        })}
        <code>{origin}</code>
      </p>
    </div>
  );
}
