import { once } from "node:events";
import { shownFolder } from "../../demo/server-line.js";
import { DEFAULT_ENDPOINT } from "../../export/export-settings.js";
import type { BilingualText } from "../../indicators/language.js";
import { readServerSettings } from "../../server/server-settings.js";
import { readOrMakeTokenFile } from "../../server/token-file.js";
import { alertChannel, eventLine } from "../alert-channel.js";
import type { Command } from "../command.js";
import { linkWarning } from "../link-warning.js";
import { UsageError } from "../usage-error.js";
import { evaluatorSource } from "./evaluator-source.js";

/** Not that of a server, which may run on the same machine. */
const USUAL_PORT = "4319";

const TEXTS = {
  evaluator: { en: "evaluator", zh: "告警评估" },
  source: { en: "source", zh: "数据源" },
  data: { en: "data", zh: "数据" },
  rules: { en: "rules", zh: "规则" },
  receivers: { en: "receivers", zh: "接收方" },
} satisfies Record<string, BilingualText>;

/** `chainwatch rules run` */
export const runCommand: Command = {
  name: "run",
  summary: {
    en: "Evaluate rules in a process of its own, on the figures of a backend or a running server",
    zh: "以独立进程评估告警规则，数据来自指标后端或运行中的服务器",
  },
  options: {
    source: {
      value: "SOURCE",
      describe: {
        en: "who is asked: prometheus=URL, which has metrics alone, or local=URL, a running server; default CHAINWATCH_SOURCE",
        zh: "向谁查询：prometheus=URL（仅有指标）或 local=URL（运行中的服务器）；默认取 CHAINWATCH_SOURCE",
      },
    },
    config: {
      value: "FILE",
      describe: {
        en: "rules and receivers, read again when the file changes; default CHAINWATCH_CONFIG, else chainwatch.yaml when it is there, else the six default rules",
        zh: "规则与接收方的文件，修改后自动重新读取；默认取 CHAINWATCH_CONFIG，否则用 chainwatch.yaml（如存在），否则用六条默认规则",
      },
    },
    "data-dir": {
      value: "FOLDER",
      describe: {
        en: "of the alerts' state and history; default CHAINWATCH_DATA_DIR, else .chainwatch/data",
        zh: "保存告警状态与历史的文件夹；默认取 CHAINWATCH_DATA_DIR，否则为 .chainwatch/data",
      },
    },
    port: {
      value: "PORT",
      describe: {
        en: `of its API; default CHAINWATCH_PORT, else ${USUAL_PORT}`,
        zh: `API 端口；默认取 CHAINWATCH_PORT，否则为 ${USUAL_PORT}`,
      },
    },
    host: {
      value: "ADDRESS",
      describe: {
        en: "default CHAINWATCH_HOST, else 127.0.0.1; any other than loopback needs CHAINWATCH_TOKEN or CHAINWATCH_TOKEN_FILE",
        zh: "默认取 CHAINWATCH_HOST，否则为 127.0.0.1；监听非回环地址时须设置 CHAINWATCH_TOKEN 或 CHAINWATCH_TOKEN_FILE",
      },
    },
    "external-url": {
      value: "URL",
      describe: {
        en: "of the page, for links in messages; default CHAINWATCH_EXTERNAL_URL, else that of the server that is asked",
        zh: "页面地址，用于消息中的链接；默认取 CHAINWATCH_EXTERNAL_URL，否则为所查询的服务器地址",
      },
    },
  },
  json: {
    en: "one JSON object a line: first where its API is, then every alert",
    zh: "每行一个 JSON 对象：先是 API 地址，随后是每条告警",
  },
  examples: [
    {
      command: "chainwatch rules run --source prometheus=http://127.0.0.1:9090",
      describe: { en: "on the figures of a Prometheus", zh: "使用 Prometheus 中的数据" },
    },
    {
      command: "chainwatch rules run --source local=http://127.0.0.1:4318 --data-dir .chainwatch/evaluator",
      describe: { en: "beside a running server", zh: "与运行中的服务器并行" },
    },
  ],
  async run(flags, terminal) {
    const { out, err, env, language, stop } = terminal;
    const asked = evaluatorSource(flags.text("source"), env);
    if (asked === undefined) {
      throw new UsageError({
        en: `expected --source prometheus=URL, a backend with the figures, or local=URL, a running server such as ${DEFAULT_ENDPOINT}`,
        zh: `缺少 --source：prometheus=URL（指标后端），或 local=URL（运行中的服务器，例如 ${DEFAULT_ENDPOINT}）`,
      });
    }
    const { source, backend, exampleTrace, abilities, pageUrl } = asked;
    const settings = readServerSettings(
      {
        ...(env.CHAINWATCH_PORT ? {} : { port: USUAL_PORT }),
        ...flags.given("port", "host", "data-dir", "config", "external-url", "lang"),
      },
      // Its source may be another than a server's.
      { ...env, CHAINWATCH_SOURCE: undefined },
    );
    // The database and the rules' checks load only here: the help and the other commands start without them.
    const [{ startEvaluatorServer }, { loadConfig }] = await Promise.all([
      import("../../server/evaluator-server.js"),
      import("../../server/load-config.js"),
    ]);
    const { configFile, tokenFile, externalUrl } = settings;
    const { rules, receivers, route, file } = loadConfig(configFile, env, abilities);
    const json = flags.on("json");
    const server = await startEvaluatorServer({
      ...settings,
      token: tokenFile === undefined ? settings.token : readOrMakeTokenFile(tokenFile),
      rules,
      receivers,
      route,
      ...(file !== undefined && {
        rulesFile: { path: file, load: () => loadConfig(file, env, abilities) },
      }),
      source,
      ...(backend && { exprSource: backend }),
      ...(exampleTrace && { exampleTrace }),
      pageUrl: externalUrl ?? pageUrl,
      channels: [alertChannel(json, terminal)],
      log: err,
    });
    const { url, dataDir } = server;
    const names = receivers.map(({ name }) => name);
    const linksBegin = externalUrl ?? pageUrl;
    const linksAt = names.length === 0 || linksBegin === undefined ? undefined : linkWarning(linksBegin);
    if (linksAt !== undefined) err(`! ${linksAt[language]}`);
    if (json) {
      const facts = {
        url,
        source: source.name,
        data_dir: dataDir,
        rules: rules.length,
        rules_file: file ?? null,
        receivers: names,
      };
      out(eventLine("listening", facts));
    } else {
      const word = (text: BilingualText) => text[language];
      const told = names.length === 0 ? "" : `   ${word(TEXTS.receivers)} ${names.join(", ")}`;
      out(
        `✓ ${word(TEXTS.evaluator)}  ${url}   ${word(TEXTS.source)} ${source.name}   ${word(TEXTS.data)} ${shownFolder(dataDir)}   ${word(TEXTS.rules)} ${rules.length}${told}`,
      );
    }
    if (!stop.aborted) await once(stop, "abort");
    await server.close();
    return 0;
  },
};
