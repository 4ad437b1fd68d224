import { DEFAULT_ENDPOINT } from "../export/export-settings.js";
import type { BilingualText } from "../indicators/language.js";
import type { Command } from "./command.js";
import { doctorTarget } from "./doctor-target.js";
import { checkHooks, hookLines, hooksWork } from "./hook-check.js";
import { type SignalAnswer, sendTestTelemetry } from "./otlp-round-trip.js";
import { serverUrl } from "./server-url.js";

/** `chainwatch doctor` */
export const doctorCommand: Command = {
  name: "doctor",
  summary: {
    en: "Which hook into LangChain is live, and whether telemetry arrives",
    zh: "检查哪种 LangChain 挂接方式有效，以及遥测数据能否送达",
  },
  options: {
    endpoint: {
      value: "URL",
      describe: {
        en: `where to send; default OTEL_EXPORTER_OTLP_ENDPOINT, else ${DEFAULT_ENDPOINT}`,
        zh: `发送目标；默认取 OTEL_EXPORTER_OTLP_ENDPOINT，否则为 ${DEFAULT_ENDPOINT}`,
      },
    },
  },
  json: { en: "the findings as one JSON object", zh: "以一个 JSON 对象输出检查结果" },
  examples: [
    { command: "chainwatch doctor", describe: { en: "with the local server", zh: "检查本机服务器" } },
    {
      command: "chainwatch doctor --endpoint http://collector:4318",
      describe: { en: "with a Collector", zh: "检查 Collector" },
    },
  ],
  async run(flags, terminal) {
    const endpoint = flags.text("endpoint");
    const target = doctorTarget(endpoint && serverUrl("--endpoint", endpoint), terminal.env);
    const hooks = await checkHooks();
    const { trace_id, answers } = await sendTestTelemetry(target, Date.now());
    const ok = hooksWork(hooks) && answers.every((answer) => answer.ok);
    if (flags.on("json")) {
      terminal.out(JSON.stringify({ ok, hooks, test_trace_id: trace_id, telemetry: answers }));
      return ok ? 0 : 1;
    }
    for (const text of [...hookLines(hooks), ...answers.map(answerLine)]) terminal.out(text[terminal.language]);
    return ok ? 0 : 1;
  },
};

function answerLine({ signal, url, ok, status, message, refused, duration }: SignalAnswer): BilingualText {
  const name = signal.padEnd(7);
  const said = message === undefined ? "" : `: ${message}`;
  if (ok) {
    const line = `✓ ${name}  ${status}  ${duration} s  ${url}${said}`;
    return { en: line, zh: line };
  }
  if (refused) {
    return {
      en: `✗ ${name}  connection refused  ${url} → start "chainwatch serve", or name another place: --endpoint`,
      zh: `✗ ${name}  连接被拒绝  ${url} → 请启动 "chainwatch serve"，或用 --endpoint 指定其他地址`,
    };
  }
  if (status === undefined) {
    return {
      en: `✗ ${name}  no answer  ${url}${said} → is the address right, and does it speak OTLP over HTTP?`,
      zh: `✗ ${name}  没有应答  ${url}${said} → 请检查地址，并确认对方支持 OTLP/HTTP`,
    };
  }
  const cure = CURES[status] ?? CURES.other;
  return {
    en: `✗ ${name}  ${status}  ${url}${said} → ${cure.en}`,
    zh: `✗ ${name}  ${status}  ${url}${said} → ${cure.zh}`,
  };
}

const UNAUTHORIZED: BilingualText = {
  en: "set OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20<token>",
  zh: "请设置 OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20<令牌>",
};

const CURES: Record<number, BilingualText> & { other: BilingualText } = {
  401: UNAUTHORIZED,
  403: UNAUTHORIZED,
  404: {
    en: "no OTLP receiver is there: give its base URL, without /v1/traces",
    zh: "那里没有 OTLP 接收端：请给出其基础地址，不带 /v1/traces",
  },
  other: { en: "see what the receiver logged", zh: "请查看接收端的日志" },
};
