import type { BacktestFiring, RuleBacktest } from "../../alert/backtest.js";
import { formatDuration } from "../../alert/duration.js";
import { watchedFigure } from "../../alert/watched.js";
import { backtestResultView } from "../../dashboard/api/backtest-result.js";
import type { BilingualText, Language } from "../../indicators/language.js";
import type { Command } from "../command.js";
import { pastTime } from "../past-time.js";
import type { Terminal } from "../terminal.js";
import { UsageError } from "../usage-error.js";

const DEFAULT_FROM = "1d";
/** The newest firings of a rule that are shown; `--json` has all. */
const FIRINGS_SHOWN = 10;
/** Milliseconds between two lines of progress. */
const PROGRESS_EVERY_MS = 2000;

/** `chainwatch rules backtest` */
export const backtestCommand: Command = {
  name: "backtest",
  summary: {
    en: "What rules would have fired in the past, when, how long, how many a day",
    zh: "回测规则：过去会触发哪些告警、何时、多久、每天几次",
  },
  words: {
    value: "FILE",
    describe: {
      en: "a rules file; default chainwatch.yaml when it is there, else the six default rules",
      zh: "规则文件；默认用 chainwatch.yaml（如存在），否则用六条默认规则",
    },
    least: 0,
    most: 1,
  },
  options: {
    from: {
      value: "TIME",
      describe: {
        en: `2026-01-31T09:30:00Z, 2026-01-31, or so long before now: 7d; default ${DEFAULT_FROM}`,
        zh: `2026-01-31T09:30:00Z、2026-01-31，或距今时长，如 7d；默认 ${DEFAULT_FROM}`,
      },
    },
    to: { value: "TIME", describe: { en: "the same; default now", zh: "格式同上；默认为现在" } },
    source: {
      value: "SOURCE",
      describe: {
        en: "who answers: local=URL, a running server, or prometheus=URL; default CHAINWATCH_SOURCE, else this machine's server",
        zh: "由谁回答：local=URL（运行中的服务器）或 prometheus=URL；默认取 CHAINWATCH_SOURCE，否则为本机服务器",
      },
    },
  },
  json: { en: "every rule and firing as one JSON object", zh: "以一个 JSON 对象输出每条规则及其触发记录" },
  examples: [
    {
      command: "chainwatch rules backtest chainwatch.yaml --from 7d --source prometheus=http://127.0.0.1:9090",
      describe: { en: "the last week, from Prometheus", zh: "用 Prometheus 回测最近一周" },
    },
    {
      command: "chainwatch rules backtest --from 6h",
      describe: { en: "the last six hours, from this machine's server", zh: "用本机服务器回测最近六小时" },
    },
  ],
  async run(flags, terminal) {
    const { out, env, language, stop } = terminal;
    const nowMs = Date.now();
    const fromMs = pastTime("--from", flags.text("from") ?? DEFAULT_FROM, nowMs);
    const toMs = pastTime("--to", flags.text("to") ?? "0s", nowMs);
    if (fromMs >= toMs) {
      throw new UsageError({
        en: `option --from: expected a time before --to, ${iso(toMs)}, found ${iso(fromMs)}`,
        zh: `选项 --from 应早于 --to（${iso(toMs)}），却是 ${iso(fromMs)}`,
      });
    }
    // The rules' schema and the sources load only here.
    const [{ backtest }, { questionSource }, { loadRules }] = await Promise.all([
      import("../../alert/backtest.js"),
      import("./question-source.js"),
      import("../../server/load-rules.js"),
    ]);
    const source = questionSource(flags.text("source"), env);
    const { rules } = loadRules(flags.words[0], env, source.abilities);
    const results = await backtest({
      rules,
      askerFor: source.askerFor,
      fromMs,
      toMs,
      onProgress: progressTo(terminal),
      signal: stop,
    });
    const summary = { fromMs, toMs, source: source.name, results };
    if (flags.on("json")) out(JSON.stringify(jsonOf(summary)));
    else for (const line of lines(summary, language)) out(line);
    return results.some(({ evaluations, failed }) => evaluations > 0 && failed === evaluations) ? 1 : 0;
  },
};

interface Summary {
  fromMs: number;
  toMs: number;
  source: string;
  results: readonly RuleBacktest[];
}

/** A line now and then, so that a log of it stays short. */
function progressTo({ err, language }: Terminal): (done: number, total: number) => void {
  let toldMs = Date.now();
  return (done, total) => {
    if (Date.now() - toldMs < PROGRESS_EVERY_MS) return;
    toldMs = Date.now();
    const share = Math.floor((100 * done) / total);
    const text: BilingualText = {
      en: `${share} %: ${done} of ${total} evaluations`,
      zh: `${share} %：已完成 ${done}/${total} 次评估`,
    };
    err(text[language]);
  };
}

function lines({ fromMs, toMs, source, results }: Summary, language: Language): string[] {
  const lengthS = (toMs - fromMs) / 1000;
  const head = {
    en: `${iso(fromMs)} to ${iso(toMs)}, asked of ${source}`,
    zh: `${iso(fromMs)} 至 ${iso(toMs)}，数据来自 ${source}`,
  };
  return [head[language], ...results.flatMap((result) => ruleLines(result, lengthS, language))];
}

function ruleLines(result: RuleBacktest, lengthS: number, language: Language): string[] {
  const { rule, firings } = result;
  const { firing_s: inAllS, longest_s: longestS, fired_a_day: aDay } = backtestResultView(result, lengthS);
  const hidden = firings.length - FIRINGS_SHOWN;
  const told: BilingualText =
    firings.length === 0
      ? { en: "never fired", zh: "未触发" }
      : {
          en: `fired ${firings.length === 1 ? "once" : `${firings.length} times`}, ${short(aDay)} a day; ${formatDuration(inAllS)} in all, ${formatDuration(longestS)} at most`,
          zh: `触发 ${firings.length} 次，每天 ${short(aDay)} 次；共 ${formatDuration(inAllS)}，最长 ${formatDuration(longestS)}`,
        };
  const more = { en: `    … ${hidden} before; --json has all`, zh: `    … 更早的 ${hidden} 次见 --json` };
  return [
    `${rule.id}  ${told[language]}`,
    ...troubleLines(result, language),
    ...(hidden > 0 ? [more[language]] : []),
    ...firings.slice(-FIRINGS_SHOWN).map((firing) => firingLine(firing, language)),
  ];
}

/** Why a rule that looks quiet may only have had no answer. */
function troubleLines({ evaluations, withoutData, failed, error }: RuleBacktest, language: Language): string[] {
  const noData = {
    en: `    no data at ${withoutData} of ${evaluations} evaluations`,
    zh: `    ${evaluations} 次评估中 ${withoutData} 次没有数据`,
  };
  const failures = {
    en: `    failed at ${failed} of ${evaluations} evaluations: ${error?.en}`,
    zh: `    ${evaluations} 次评估中 ${failed} 次失败：${error?.zh}`,
  };
  return [...(withoutData > 0 ? [noData[language]] : []), ...(failed > 0 ? [failures[language]] : [])];
}

function firingLine({ began, ended, durationS }: BacktestFiring, language: Language): string {
  const still = { en: "still firing", zh: "仍在触发" };
  const labels = Object.entries(began.labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const until = ended === undefined ? still[language] : `→ ${ended.at.slice(0, 19)}Z`;
  return [
    `    ${began.at.slice(0, 19)}Z ${until}`,
    formatDuration(durationS),
    ...(began.value === undefined ? [began.reason] : [watchedFigure(began, began.value, language)]),
    ...(labels.length === 0 ? [] : [labels.join(" ")]),
  ].join("  ");
}

function jsonOf({ fromMs, toMs, source, results }: Summary): object {
  const lengthS = (toMs - fromMs) / 1000;
  const rules = results.map((result) => backtestResultView(result, lengthS));
  return { from: iso(fromMs), to: iso(toMs), source, rules };
}

function short(value: number): string {
  return value < 10 ? String(Number(value.toPrecision(2))) : value.toFixed(0);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
