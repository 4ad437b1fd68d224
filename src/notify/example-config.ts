import { defaultRules } from "../alert/default-rules.js";
import { formatDuration } from "../alert/duration.js";
import type { Rule } from "../alert/rule.js";
import type { BilingualText, Language } from "../indicators/language.js";
import { CHANNEL_KIND_NAMES, type ChannelKind } from "./channel-kind.js";
import { RECEIVER_EXAMPLES } from "./receiver-example.js";

const TEXTS = {
  file: { en: "What Chainwatch watches, and who is told.", zh: "Chainwatch 监测什么，以及通知谁。" },
  check: {
    en: "chainwatch rules check finds mistakes in it; a running server reads it again when it changes.",
    zh: "chainwatch rules check 可检查其中的错误；修改后，运行中的服务器会自动重新读取。",
  },
  rules: {
    en: "These six rules hold already. To change one, take the # from its lines; a rule with a new id is added.",
    zh: "以下六条规则默认生效。要修改某条，去掉其各行的 #；使用新的 id 则为新增规则。",
  },
  receivers: {
    en: `Who is told, beside the console. Secrets stand in the environment: \${NAME}.`,
    zh: `除控制台外通知谁。密钥放在环境变量中：\${NAME}。`,
  },
  noReceivers: {
    en: `chainwatch init --receiver NAME writes one: ${CHANNEL_KIND_NAMES.join(", ")}.`,
    zh: `可用 chainwatch init --receiver 名称 生成：${CHANNEL_KIND_NAMES.join("、")}。`,
  },
  route: {
    en: "Without a route every receiver is told of every alert.",
    zh: "没有 route 时，每个接收方都会收到全部告警。",
  },
} satisfies Record<string, BilingualText>;

/**
 * A commented `chainwatch.yaml` that changes nothing yet but who is told. A receiver has the name of its channel.
 *
 * @param language of the comments, and of what the receivers are told
 */
export function exampleConfig(kinds: readonly ChannelKind[], language: Language): string {
  const say = (text: BilingualText): string => `# ${text[language]}`;
  const [first = "oncall"] = kinds;
  return `${[
    "# yaml-language-server: $schema=./node_modules/chainwatch/chainwatch.schema.json",
    say(TEXTS.file),
    say(TEXTS.check),
    "",
    say(TEXTS.rules),
    "rules:",
    ...defaultRules()
      .flatMap(ruleLines)
      .map((line) => `# ${line}`),
    "",
    say(TEXTS.receivers),
    ...(kinds.length === 0 ? [say(TEXTS.noReceivers)] : []),
    "receivers:",
    ...kinds.flatMap((kind) => receiverLines(kind, language)),
    "",
    say(TEXTS.route),
    "# route:",
    "#   group_by: [service]",
    "#   repeat_interval: 4h",
    "#   routes:",
    `#     - { match: { severity: critical }, receivers: [${first}] }`,
  ].join("\n")}\n`;
}

function receiverLines(kind: ChannelKind, language: Language): string[] {
  return [
    `  - name: ${kind}`,
    `    language: ${language}`,
    `    ${kind}:`,
    ...RECEIVER_EXAMPLES[kind].yaml[language].split("\n").map((line) => `      ${line}`),
  ];
}

function ruleLines({ id, name, question, unit, when, severity, minRequests, inhibits }: Rule): string[] {
  if (question.kind !== "indicator" || when === undefined) return [];
  return [
    `- id: ${id}`,
    `  name: { en: ${name.en}, zh: ${name.zh} }`,
    `  indicator: ${question.indicator}`,
    `  window: ${formatDuration(question.windowS)}`,
    `  when: "${when.op} ${when.value} ${unit}"`,
    `  severity: ${severity}`,
    ...(minRequests > 0 ? [`  min_requests: ${minRequests}`] : []),
    ...(inhibits.length > 0 ? [`  inhibits: [${inhibits.join(", ")}]`] : []),
  ];
}
