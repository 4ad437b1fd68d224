import { formatDuration, parseDuration } from "../alert/duration.js";
import { type BoardReader, NoBoard } from "../dashboard/board-reader.js";
import { ServerBoard } from "../dashboard/server-board.js";
import { SourceBoard } from "../dashboard/source-board.js";
import { runTop } from "../dashboard/top.js";
import { DEFAULT_ENDPOINT } from "../export/export-settings.js";
import { PrometheusSource } from "../query/prometheus/prometheus-source.js";
import { LONGEST_WINDOW_S } from "../query/query-window.js";
import type { Command, Flags } from "./command.js";
import { CommandError } from "./command-error.js";
import { namedSource } from "./named-source.js";
import { serverToken } from "./server-token.js";
import { serverUrl } from "./server-url.js";
import type { Terminal } from "./terminal.js";
import { UsageError } from "./usage-error.js";

const DEFAULT_WINDOW = "5m";

/** `chainwatch top` */
export const topCommand: Command = {
  name: "top",
  summary: {
    en: "Live board of a running server or a metrics backend, in the terminal",
    zh: "在终端里实时显示运行中服务器或指标后端的面板",
  },
  options: {
    url: {
      value: "URL",
      describe: {
        en: `the server; default ${DEFAULT_ENDPOINT}; its token is in CHAINWATCH_TOKEN or CHAINWATCH_TOKEN_FILE`,
        zh: `服务器地址；默认 ${DEFAULT_ENDPOINT}；令牌取自 CHAINWATCH_TOKEN 或 CHAINWATCH_TOKEN_FILE`,
      },
    },
    source: {
      value: "SOURCE",
      describe: {
        en: "who has the figures: local or local=URL, a running server, or prometheus=URL, which has no alerts, active users and queries; default CHAINWATCH_SOURCE, else local",
        zh: "由谁提供数据：local 或 local=URL（运行中的服务器），或 prometheus=URL（不含告警、活跃用户和查询）；默认取 CHAINWATCH_SOURCE，否则为 local",
      },
    },
    window: {
      value: "DURATION",
      describe: {
        en: `how far back the figures look; default ${DEFAULT_WINDOW}; key w changes it`,
        zh: `统计的时间窗口；默认 ${DEFAULT_WINDOW}；按 w 键切换`,
      },
    },
    service: {
      value: "NAME",
      describe: { en: "the figures of one service; alerts are those of all", zh: "只看一个服务的数据；告警不受影响" },
    },
    once: {
      describe: {
        en: "one frame, then done, as in a pipe: exit code 0 when it is drawn, whatever fires, 1 when nobody answers, 2 for wrong options",
        zh: "只显示一次，管道中亦然：画出即以 0 退出（不论有无告警），无人应答为 1，选项有误为 2",
      },
    },
  },
  json: {
    en: "figures, charts, lists and alerts as one JSON object, then done",
    zh: "以一个 JSON 对象输出指标、走势、列表与告警，然后结束",
  },
  examples: [
    { command: "chainwatch top", describe: { en: "watch this machine's server", zh: "查看本机服务器" } },
    {
      command: "chainwatch top --window 1h --once",
      describe: { en: "the last hour, once", zh: "最近一小时，只显示一次" },
    },
    {
      command: "chainwatch top --service checkout-bot",
      describe: { en: "the figures of one service", zh: "只看一个服务" },
    },
    {
      command: "COLUMNS=120 chainwatch top --once | tee board.txt",
      describe: { en: "one frame of 120 columns, into a file", zh: "把一帧 120 列的面板写入文件" },
    },
    {
      command: "chainwatch top --source prometheus=http://127.0.0.1:9090",
      describe: { en: "straight from a Prometheus", zh: "直接读取 Prometheus" },
    },
    {
      command: "chainwatch top --json | jq .alerts.active",
      describe: { en: "what is pending or firing now", zh: "当前待触发和触发中的告警" },
    },
  ],
  async run(flags, terminal) {
    const from = boardOf(flags, terminal.env);
    const windowS = windowOf(flags.text("window") ?? DEFAULT_WINDOW);
    const service = flags.text("service");
    try {
      await runTop({
        from,
        windowS,
        ...(service !== undefined && { service }),
        ...(terminal.keys && { keys: terminal.keys() }),
        language: terminal.language,
        once: flags.on("once"),
        json: flags.on("json"),
        signal: terminal.stop,
        out: terminal.screen,
        env: terminal.env,
      });
      return 0;
    } catch (error) {
      if (!(error instanceof NoBoard)) throw error;
      const { text, cure } = error;
      throw new CommandError({
        en: `no board from ${from.name}: ${text.en}${cure === undefined ? "" : ` → ${cure.en}`}`,
        zh: `无法从 ${from.name} 读取面板：${text.zh}${cure === undefined ? "" : ` → ${cure.zh}`}`,
      });
    }
  },
};

function boardOf(flags: Flags, env: Terminal["env"]): BoardReader {
  const url = flags.text("url");
  const source = flags.text("source");
  if (url !== undefined && source !== undefined) {
    throw new UsageError({
      en: "options --url and --source: expected one of them, a server or a metrics backend",
      zh: "选项 --url 与 --source 只能给一个：服务器或指标后端",
    });
  }
  const service = flags.text("service");
  const named = url === undefined ? namedSource(source, env) : { server: serverUrl("--url", url), at: "--url" };
  if (named !== undefined && "backend" in named) {
    return new SourceBoard(new PrometheusSource(named.backend), service);
  }
  const token = serverToken(env);
  return new ServerBoard({
    url: named?.server ?? DEFAULT_ENDPOINT,
    ...(named && { setting: named.at }),
    ...(service !== undefined && { service }),
    ...(token && { token }),
  });
}

function windowOf(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds > 0 && seconds <= LONGEST_WINDOW_S) return seconds;
  const longest = formatDuration(LONGEST_WINDOW_S);
  throw new UsageError({
    en: `option --window: expected a duration such as 5m or 1h, ${longest} at most, found ${JSON.stringify(text)}`,
    zh: `选项 --window 应为时长，例如 5m 或 1h，最长 ${longest}，却给了 ${JSON.stringify(text)}`,
  });
}
