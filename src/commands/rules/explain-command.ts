import type { AlertsView, AlertTransition } from "../../alert/alert-view.js";
import { evaluateRule } from "../../alert/evaluate.js";
import type { Rule } from "../../alert/rule.js";
import { ruleInWords } from "../../alert/rule-in-words.js";
import { ruleView } from "../../alert/rule-view.js";
import { holds } from "../../alert/threshold.js";
import { watchedBy, watchedFigure } from "../../alert/watched.js";
import { DEFAULT_ENDPOINT } from "../../export/export-settings.js";
import type { BilingualText, Language } from "../../indicators/language.js";
import { nearestName } from "../../instrument/nearest-name.js";
import type { PromQlQueries } from "../../query/prometheus/compile-promql.js";
import { failureText } from "../../query/source-failure.js";
import { alertLine } from "../alerts/alert-line.js";
import type { Command, Flags } from "../command.js";
import { CommandError } from "../command-error.js";
import { ServerApi, URL_OPTION } from "../server-api.js";
import type { Terminal } from "../terminal.js";
import { UsageError } from "../usage-error.js";
import { DIALECT_OPTION, dialectOf } from "./dialect-option.js";
import type { EvaluatorSource } from "./evaluator-source.js";

/** How a rule stands, and who says so. */
interface Standing {
  from: string;
  /** Absent where nobody could be asked. */
  state?: "inactive" | "pending" | "firing";
  /** In the rule's unit, the worst of the answer; absent without data. */
  value?: number;
  why: BilingualText;
  /** What is pending or firing. */
  alerts: readonly AlertTransition[];
}

/** `chainwatch rules explain` */
export const explainCommand: Command = {
  name: "explain",
  summary: {
    en: "A rule in words, its PromQL, its value now, its state and why",
    zh: "用文字解释一条规则，并给出 PromQL、当前值、状态及原因",
  },
  words: { value: "ID", describe: { en: "the id of a rule", zh: "规则的 id" }, least: 1, most: 1 },
  options: {
    config: {
      value: "FILE",
      describe: {
        en: "the rules; default CHAINWATCH_CONFIG, else chainwatch.yaml when it is there, else the six default rules",
        zh: "规则文件；默认取 CHAINWATCH_CONFIG，否则用 chainwatch.yaml（如存在），否则用六条默认规则",
      },
    },
    source: {
      value: "SOURCE",
      describe: {
        en: "asks it once in place of a running evaluator: prometheus=URL, or local=URL, a running server",
        zh: "不读取运行中的评估进程，而是向该数据源查询一次：prometheus=URL 或 local=URL（运行中的服务器）",
      },
    },
    ...URL_OPTION,
    ...DIALECT_OPTION,
  },
  json: { en: "all of it as one JSON object", zh: "以一个 JSON 对象输出全部内容" },
  examples: [
    {
      command: "chainwatch rules explain slow-response",
      describe: { en: "with the state that this machine's server has", zh: "状态取自本机服务器" },
    },
    {
      command: "chainwatch rules explain slow-p95 --source prometheus=http://127.0.0.1:9090",
      describe: { en: "evaluated once, on the figures of a Prometheus", zh: "用 Prometheus 的数据评估一次" },
    },
  ],
  async run(flags, terminal) {
    const { out, err, env, language } = terminal;
    const target = dialectOf(flags);
    const given = flags.text("source");
    if (given !== undefined && flags.text("url") !== undefined) {
      throw new UsageError({
        en: "options --url and --source: expected one of them, who evaluates the rule or who has the figures",
        zh: "选项 --url 与 --source 只能给一个：评估规则的服务器或提供数据的来源",
      });
    }
    // PromQL, the schema and the sources load only here.
    const [{ loadRules }, { evaluatorSource }, { ruleExpression }, { RULES_TARGETS }, { leftOutNote }] =
      await Promise.all([
        import("../../server/load-rules.js"),
        import("./evaluator-source.js"),
        import("../../alert/export/rule-expression.js"),
        import("../../alert/export/prometheus-rules.js"),
        import("../../alert/export/export-note.js"),
      ]);
    const { rules } = loadRules(flags.text("config") ?? (env.CHAINWATCH_CONFIG || undefined), env, {
      sides: ["metrics", "records"],
      promql: true,
    });
    const rule = ruleCalled(flags.words[0] ?? "", rules);
    const source = given === undefined ? undefined : evaluatorSource(given, env);
    const standing =
      source === undefined ? await runningStanding(rule, flags, terminal) : await askedOnce(rule, source);

    const { question } = rule;
    const promQl: Partial<PromQlQueries> | { cannot: string } = (() => {
      if (question.kind === "expr") return { value: question.expr };
      const expression = ruleExpression(question, RULES_TARGETS[target].dialectOf);
      return "cannot" in expression ? { cannot: leftOutNote(rule, expression.cannot).reason[language] } : expression;
    })();
    if (flags.on("json")) {
      const { why, ...others } = standing;
      const words = ruleInWords(rule, language);
      out(JSON.stringify({ rule: ruleView(rule), words, promql: promQl, ...others, why: why[language] }));
      return 0;
    }
    const { en, zh } = rule.name;
    out(`${rule.id}  ${{ en, zh }[language]}  ${rule.severity}`);
    for (const sentence of ruleInWords(rule, language)) out(`  ${sentence}`);
    for (const line of promQlLines(promQl, language)) out(line);
    for (const line of standingLines(rule, standing, language)) out(line);
    if (standing.state === undefined && source === undefined) err(NOBODY[language]);
    return 0;
  },
};

const NOBODY: BilingualText = {
  en: "start a server with chainwatch serve, or name who has the figures: --source prometheus=URL",
  zh: "请用 chainwatch serve 启动服务器，或用 --source prometheus=URL 指定数据源",
};

function ruleCalled(id: string, rules: readonly Rule[]): Rule {
  const rule = rules.find((known) => known.id === id);
  if (rule !== undefined) return rule;
  const ids = rules.map((known) => known.id);
  const near = nearestName(id, ids);
  const found = JSON.stringify(id);
  const cure: BilingualText =
    near === undefined
      ? { en: `there are ${ids.join(", ")}`, zh: `现有：${ids.join(", ")}` }
      : { en: `did you mean ${near}?`, zh: `是不是 ${near}？` };
  throw new CommandError({ en: `no rule ${found}: ${cure.en}`, zh: `没有规则 ${found}：${cure.zh}` });
}

/** How a running server or evaluator has it. That there is none is a fault only where one was named. */
async function runningStanding(rule: Rule, flags: Flags, terminal: Terminal): Promise<Standing> {
  const from = flags.text("url") ?? DEFAULT_ENDPOINT;
  const view = await new ServerApi(flags, terminal).get<AlertsView>("/api/alerts").catch((error: unknown) => {
    if (!(error instanceof CommandError) || flags.text("url") !== undefined) throw error;
    return error;
  });
  if (view instanceof CommandError) return { from, why: view.text, alerts: [] };
  const status = view.rules.find(({ id }) => id === rule.id);
  const alerts = view.active.filter((alert) => alert.rule === rule.id);
  if (status === undefined) {
    const why = {
      en: "the running evaluator does not have this rule",
      zh: "运行中的评估进程没有这条规则",
    };
    return { from, why, alerts };
  }
  const { state, value, error, no_data_since: since } = status;
  return {
    from,
    state: state === "resolved" ? "inactive" : state,
    ...(value !== undefined && { value }),
    alerts,
    why:
      since === undefined
        ? whyText(rule, { value, error })
        : { en: `no data since ${since}`, zh: `自 ${since} 起没有数据` },
  };
}

/** How it would stand if nothing had been known of it before. */
async function askedOnce(rule: Rule, { source, backend }: EvaluatorSource): Promise<Standing> {
  const { QuestionAsker } = await import("../../alert/question-asker.js");
  const atMs = Date.now();
  const answer = await new QuestionAsker(source, backend).ask(rule.question, atMs).then(
    (samples) => ({ samples }),
    (error: unknown) => ({ failed: failureText(error) }),
  );
  const from = source.name;
  if ("failed" in answer) return { from, why: answer.failed, alerts: [] };
  const { instances, transitions, value, error } = evaluateRule(rule, [], answer, atMs);
  const states = instances.map(({ state }) => state);
  const counts = answer.samples.flatMap(({ count }) => count ?? []);
  return {
    from,
    state: states.includes("firing") ? "firing" : states.includes("pending") ? "pending" : "inactive",
    ...(value !== undefined && { value }),
    alerts: transitions,
    why: whyText(rule, { value, error, ...(counts.length > 0 && { count: Math.max(...counts) }) }),
  };
}

interface Found {
  value: number | undefined;
  error: string | undefined;
  /** Events of that sample which rests on most; undefined: not known. */
  count?: number;
}

function whyText(rule: Rule, { value, error, count }: Found): BilingualText {
  const { when, minRequests, question, unit } = rule;
  if (error !== undefined) return { en: error, zh: error };
  if (when === undefined) {
    return value === undefined
      ? { en: "the query returns nothing", zh: "查询没有结果" }
      : { en: "the query returns something", zh: "查询有结果" };
  }
  if (value === undefined) return { en: "no data", zh: "没有数据" };
  if (count !== undefined && count < minRequests) {
    return {
      en: `it rests on ${count} requests, and fewer than ${minRequests} say nothing`,
      zh: `只有 ${count} 次请求，少于 ${minRequests} 次不作判断`,
    };
  }
  const figure = (amount: number): string => watchedFigure({ ...watchedBy(question), unit }, amount, "en");
  const comparison = `${figure(value)} ${when.op} ${figure(when.value)}`;
  return holds(when, value)
    ? { en: comparison, zh: comparison }
    : { en: `not ${comparison}`, zh: `不满足 ${comparison}` };
}

function promQlLines(promQl: Partial<PromQlQueries> | { cannot: string }, language: Language): string[] {
  if ("cannot" in promQl) return [`  PromQL: ${{ en: "none", zh: "无" }[language]}: ${promQl.cannot}`];
  const { value = "", count } = promQl;
  return count === undefined
    ? [`  PromQL: ${value}`]
    : [`  PromQL: ${value}`, `  ${{ en: "rests on", zh: "样本数" }[language]}: ${count}`];
}

function standingLines(rule: Rule, { state, value, why, alerts, from }: Standing, language: Language): string[] {
  const words = {
    now: { en: "now", zh: "当前值" },
    state: { en: "state", zh: "状态" },
    unknown: { en: "not known", zh: "未知" },
    noData: { en: "no data", zh: "没有数据" },
  } satisfies Record<string, BilingualText>;
  if (state === undefined) return [`  ${words.state[language]}: ${words.unknown[language]}: ${why[language]}`];
  const figure =
    value === undefined
      ? words.noData[language]
      : watchedFigure({ ...watchedBy(rule.question), unit: rule.unit }, value, language);
  return [
    `  ${words.now[language]}: ${figure}  (${from})`,
    `  ${words.state[language]}: ${STATES[state][language]}: ${why[language]}`,
    ...alerts.map((alert) => `    ${alertLine(alert, language)}`),
  ];
}

const STATES: Readonly<Record<"inactive" | "pending" | "firing", BilingualText>> = {
  inactive: { en: "inactive", zh: "正常" },
  pending: { en: "pending", zh: "待触发" },
  firing: { en: "firing", zh: "触发中" },
};
