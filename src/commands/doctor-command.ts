import { DEFAULT_ENDPOINT, exportSettingsOf, type Signal, signalsOff } from "../export/export-settings.js";
import type { BilingualText, Language } from "../indicators/language.js";
import type { Command } from "./command.js";
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
    const settings = exportSettingsOf(
      { endpoint: endpoint && serverUrl("--endpoint", endpoint, "OTEL_EXPORTER_OTLP_HEADERS") },
      terminal.env,
    );
    const hooks = await checkHooks();
    const { trace_id, answers } = await sendTestTelemetry(settings);
    const off = signalsOff(settings);
    const ok = hooksWork(hooks) && answers.every((answer) => answer.ok);
    if (flags.on("json")) {
      const telemetry = answers.map(({ trouble, ...answer }) => ({
        ...answer,
        ...(trouble !== undefined && {
          trouble: trouble.kind,
          what: trouble.what[terminal.language],
          cure: trouble.cure?.[terminal.language],
        }),
      }));
      terminal.out(JSON.stringify({ ok, hooks, test_trace_id: trace_id, telemetry, off }));
      return ok ? 0 : 1;
    }
    for (const text of [...hookLines(hooks), ...answers.map(answerLine), ...off.map(offLine)]) {
      terminal.out(text[terminal.language]);
    }
    return ok ? 0 : 1;
  },
};

function answerLine({ signal, url, status, message, trouble, duration }: SignalAnswer): BilingualText {
  const name = signal.padEnd(7);
  const said = message === undefined ? "" : `: ${message}`;
  if (trouble === undefined) {
    const line = `✓ ${name}  ${status}  ${duration} s  ${url}${said}`;
    return { en: line, zh: line };
  }
  const { what, cure } = trouble;
  const failed = (language: Language): string =>
    `✗ ${name}  ${url}: ${what[language]}${said}${cure === undefined ? "" : ` → ${cure[language]}`}`;
  return { en: failed("en"), zh: failed("zh") };
}

function offLine(signal: Signal): BilingualText {
  const variable = `OTEL_${signal.toUpperCase()}_EXPORTER=none`;
  return { en: `· ${signal.padEnd(7)}  off (${variable})`, zh: `· ${signal.padEnd(7)}  已关闭（${variable}）` };
}
