import { type AlertMatcher, MatcherError, parseMatcher } from "../../alert/alert-matcher.js";
import { parseDuration } from "../../alert/duration.js";
import type { SilenceReach, UnknownMatch } from "../../alert/silence-reach.js";
import type { AddedSilenceView } from "../../dashboard/api/silence-view.js";
import type { BilingualText } from "../../indicators/language.js";
import type { Command, Flags } from "../command.js";
import { AUTHOR_OPTION, authorOf, ServerApi, URL_OPTION } from "../server-api.js";
import { UsageError } from "../usage-error.js";
import { silenceLine } from "./silence-line.js";

/** `chainwatch silences add` */
export const addCommand: Command = {
  name: "add",
  summary: { en: "Tell nobody of matching alerts for a while", zh: "在一段时间内不通知匹配的告警" },
  words: {
    value: "MATCHER",
    describe: {
      en: "rule=ID, severity=…, or a label of the alert; = != =~ !~ as in Alertmanager; all must match",
      zh: "rule=ID、severity=… 或告警的标签；可用 = != =~ !~（同 Alertmanager）；须全部匹配",
    },
    least: 1,
    most: Number.POSITIVE_INFINITY,
  },
  options: {
    for: { value: "DURATION", describe: { en: "how long, such as 2h", zh: "持续多久，例如 2h" } },
    until: {
      value: "TIME",
      describe: { en: "or its end, such as 2026-01-31T09:30:00Z", zh: "或结束时间，例如 2026-01-31T09:30:00Z" },
    },
    from: { value: "TIME", describe: { en: "its start; default now", zh: "开始时间；默认为现在" } },
    reason: { value: "TEXT", describe: { en: "why", zh: "原因" } },
    ...AUTHOR_OPTION,
    ...URL_OPTION,
  },
  json: { en: "the silence as one JSON object", zh: "以一个 JSON 对象输出该静默" },
  examples: [
    {
      command: "chainwatch silences add rule=slow-response --for 2h --reason deploy",
      describe: { en: "one rule, two hours", zh: "静默一条规则两小时" },
    },
    {
      command:
        "chainwatch silences add severity=warning 'model=~\"gpt-.*\"' --until 2026-01-31T09:30:00Z --reason migration",
      describe: { en: "warnings about some models", zh: "静默某些模型的警告" },
    },
  ],
  async run(flags, terminal) {
    const { out, err, env, language } = terminal;
    const matchers = flags.words.map(matcherOf);
    const from = timeOf(flags, "from");
    const reason = flags.text("reason");
    if (reason === undefined) {
      throw new UsageError({ en: "expected --reason TEXT: why", zh: "缺少 --reason TEXT：原因" });
    }
    const silence = await new ServerApi(flags, terminal).post<AddedSilenceView>("/api/silences", {
      matchers,
      author: authorOf(flags, env),
      reason,
      ...(from !== undefined && { starts_at: from }),
      ends_at: endOf(flags, from),
    });
    if (flags.on("json")) {
      out(JSON.stringify(silence));
      return 0;
    }
    out(silenceLine(silence, language));
    out(reachLine(silence.matches)[language]);
    for (const unknown of silence.matches.unknown) err(`⚠ ${unknownLine(unknown)[language]}`);
    return 0;
  },
};

function reachLine({ alerts, rules }: SilenceReach): BilingualText {
  const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;
  return {
    en: `matches ${counted(alerts, "active alert")} now, and can match alerts of ${counted(rules, "rule")}`,
    zh: `目前匹配 ${alerts} 条告警，可匹配 ${rules} 条规则的告警`,
  };
}

function unknownLine({ what, found, nearest }: UnknownMatch): BilingualText {
  const near: BilingualText =
    nearest === undefined ? { en: "", zh: "" } : { en: `: did you mean ${nearest}?`, zh: `：是不是 ${nearest}？` };
  const name = JSON.stringify(found);
  return what === "rule"
    ? { en: `no rule ${name}${near.en}`, zh: `没有规则 ${name}${near.zh}` }
    : {
        en: `no rule and no active alert has a label ${name}${near.en}`,
        zh: `没有规则或当前告警带有标签 ${name}${near.zh}`,
      };
}

function matcherOf(text: string): AlertMatcher {
  try {
    return parseMatcher(text);
  } catch (error) {
    if (!(error instanceof MatcherError)) throw error;
    const { expected, found } = error;
    throw new UsageError({
      en: `MATCHER: expected ${expected.en}, found ${found}`,
      zh: `MATCHER 应为${expected.zh}，却给了 ${found}`,
    });
  }
}

function endOf(flags: Flags, from: string | undefined): string {
  const length = flags.text("for");
  const until = timeOf(flags, "until");
  if ((length === undefined) === (until === undefined)) {
    throw new UsageError({
      en: "expected one of --for DURATION and --until TIME: when it ends",
      zh: "--for DURATION 与 --until TIME 须给出其一：何时结束",
    });
  }
  if (until !== undefined) return until;
  const seconds = parseDuration(length ?? "");
  if (seconds === undefined || seconds <= 0) {
    throw new UsageError({
      en: `option --for: expected a duration such as 30m or 2h, found ${JSON.stringify(length)}`,
      zh: `选项 --for 应为时长，例如 30m 或 2h，却给了 ${JSON.stringify(length)}`,
    });
  }
  return new Date((from === undefined ? Date.now() : Date.parse(from)) + seconds * 1000).toISOString();
}

function timeOf(flags: Flags, option: string): string | undefined {
  const text = flags.text(option);
  if (text === undefined) return undefined;
  const named = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const ms = named ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  throw new UsageError({
    en: `option --${option}: expected an ISO 8601 time with its offset, such as 2026-01-31T09:30:00Z, found ${JSON.stringify(text)}`,
    zh: `选项 --${option} 应为带时区的 ISO 8601 时间，例如 2026-01-31T09:30:00Z，却给了 ${JSON.stringify(text)}`,
  });
}
