import type { BilingualText, Language } from "../../indicators/language.js";
import { nearestName } from "../../instrument/nearest-name.js";
import type { Delivery } from "../../notify/delivery.js";
import type { Receiver } from "../../notify/receiver.js";
import { readServerSettings } from "../../server/server-settings.js";
import type { Command, Flags } from "../command.js";
import { linkWarning } from "../link-warning.js";
import type { Terminal } from "../terminal.js";
import { UsageError } from "../usage-error.js";
import { CONFIG_OPTION, readReceivers } from "./read-receivers.js";

/** No longer than an alert would wait. */
const TIMEOUT_MS = 30_000;

interface Trial {
  receiver: Receiver;
  delivery: Delivery;
  durationMs: number;
  warnings: readonly BilingualText[];
}

/** `chainwatch receivers test` */
export const testCommand: Command = {
  name: "test",
  summary: {
    en: "Send a marked test message to a receiver, and say what to mend when it does not arrive",
    zh: "向接收方发送带标记的测试消息；未送达时指出如何修复",
  },
  words: {
    value: "NAME",
    describe: { en: "the receiver's name; or --all", zh: "接收方的名称；或用 --all" },
    least: 0,
    most: 1,
  },
  options: {
    all: { describe: { en: "every receiver of the file", zh: "文件中的全部接收方" } },
    ...CONFIG_OPTION,
    "external-url": {
      value: "URL",
      describe: {
        en: "how people reach the page, for links in messages; default CHAINWATCH_EXTERNAL_URL",
        zh: "人们访问页面的地址，用于消息中的链接；默认取 CHAINWATCH_EXTERNAL_URL",
      },
    },
  },
  json: { en: "the outcome as one JSON object", zh: "以一个 JSON 对象输出结果" },
  examples: [
    {
      command: "chainwatch receivers test oncall",
      describe: { en: "exit code 1 when it does not arrive", zh: "未送达时退出码为 1" },
    },
    { command: "chainwatch receivers test --all", describe: { en: "every receiver", zh: "全部接收方" } },
  ],
  async run(flags, terminal) {
    const { out, err, language } = terminal;
    const [name] = flags.words;
    if ((name === undefined) !== flags.on("all")) {
      throw new UsageError({ en: "expected the name of a receiver, or --all", zh: "请给出一个接收方的名称，或 --all" });
    }
    const config = await readReceivers(flags, terminal);
    const chosen = name === undefined ? config.receivers : [receiverNamed(name, config.receivers)];
    const pageUrl = pageUrlOf(flags, terminal);
    const linksAt = linkWarning(pageUrl);
    const json = flags.on("json");
    if (linksAt !== undefined && !json) err(`! ${linksAt[language]}`);

    const { reachOf } = await import("../../notify/reach.js");
    const trials: Trial[] = [];
    for (const receiver of chosen) {
      const { routes, rules } = reachOf(receiver.name, config.rules, config.route);
      const warnings = routes === "none" && rules.length === 0 ? [unreached(receiver.name, config.file)] : [];
      const trial = { ...(await tryOut(receiver, pageUrl, terminal)), warnings };
      trials.push(trial);
      if (json) continue;
      for (const warning of warnings) err(`! ${warning[language]}`);
      for (const line of trialLines(trial, language)) out(line);
    }
    const ok = trials.every(({ delivery }) => delivery.delivered);
    if (json) {
      const warnings = linksAt === undefined ? [] : [linksAt[language]];
      out(JSON.stringify({ ok, warnings, receivers: trials.map((trial) => jsonOf(trial, language)) }));
    }
    return ok ? 0 : 1;
  },
};

function receiverNamed(name: string, receivers: readonly Receiver[]): Receiver {
  const found = receivers.find((receiver) => receiver.name === name);
  if (found !== undefined) return found;
  const names = receivers.map((receiver) => receiver.name);
  const near = nearestName(name, names);
  throw new UsageError({
    en: `expected the name of a receiver, found ${JSON.stringify(name)}${near === undefined ? `; known: ${names.join(", ")}` : `: did you mean ${near}?`}`,
    zh: `没有名为 ${JSON.stringify(name)} 的接收方${near === undefined ? `，已有：${names.join("、")}` : `，是不是 ${near}？`}`,
  });
}

/** Without one, the address that a server has which is told nothing. */
function pageUrlOf(flags: Flags, { env }: Pick<Terminal, "env">): string {
  const given = flags.text("external-url");
  const { externalUrl, port } = readServerSettings(given === undefined ? {} : { "external-url": given }, {
    CHAINWATCH_EXTERNAL_URL: env.CHAINWATCH_EXTERNAL_URL,
    CHAINWATCH_PORT: env.CHAINWATCH_PORT,
  });
  return externalUrl ?? `http://127.0.0.1:${port}`;
}

function unreached(name: string, file: string | undefined): BilingualText {
  return {
    en: `no alert comes to "${name}" by the routes and rules of ${file}; name it in a route or a rule`,
    zh: `按 ${file} 的路由与规则，没有告警会发给“${name}”；请在路由或规则中写上它`,
  };
}

async function tryOut(
  receiver: Receiver,
  pageUrl: string,
  { language, stop }: Terminal,
): Promise<Omit<Trial, "warnings">> {
  const { testNotification } = await import("../../notify/test-notification.js");
  const channel = receiver.open(language);
  const started = performance.now();
  const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]);
  const delivery = await channel.deliver(testNotification(Date.now(), pageUrl), signal);
  return { receiver, delivery, durationMs: Math.round(performance.now() - started) };
}

function trialLines({ receiver, delivery, durationMs }: Trial, language: Language): string[] {
  const { request, body, answer } = delivery.exchange ?? {};
  const shown = [request, body, answer === undefined ? undefined : `← ${answer}`];
  return [
    `${receiver.name}  ${receiver.kind}`,
    ...shown.filter((part) => part !== undefined).flatMap((part) => part.split("\n").map((line) => `  ${line}`)),
    outcomeLine(delivery, durationMs, language),
  ];
}

/** `✓ delivered, 312 ms`, or `✗ errcode 310000 "sign not match" → DINGTALK_SECRET is wrong, or the clock is off`. */
function outcomeLine(delivery: Delivery, durationMs: number, language: Language): string {
  if (delivery.delivered) return { en: `✓ delivered, ${durationMs} ms`, zh: `✓ 已送达，${durationMs} ms` }[language];
  const { message, cure } = delivery;
  return cure === undefined ? `✗ ${message}` : `✗ ${message} → ${cure[language]}`;
}

function jsonOf({ receiver, delivery, durationMs, warnings }: Trial, language: Language): object {
  const { exchange } = delivery;
  return {
    name: receiver.name,
    channel: receiver.kind,
    delivered: delivery.delivered,
    duration_ms: durationMs,
    ...(!delivery.delivered && { message: delivery.message, cure: delivery.cure?.[language] }),
    ...exchange,
    warnings: warnings.map((warning) => warning[language]),
  };
}
