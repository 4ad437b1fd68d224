import { once } from "node:events";
import type { SourceAbilities } from "../alert/check-rule.js";
import { serverLine } from "../demo/server-line.js";
import type { BilingualText } from "../indicators/language.js";
import { readServerSettings } from "../server/server-settings.js";
import { readOrMakeTokenFile } from "../server/token-file.js";
import { alertChannel, eventLine } from "./alert-channel.js";
import type { Command } from "./command.js";
import { linkWarning } from "./link-warning.js";

const DEFAULT = { en: "default", zh: "默认" };
const LOGIN = {
  word: { en: "log in", zh: "登录" },
  once: { en: "works once", zh: "仅能使用一次" },
} satisfies Record<string, BilingualText>;

/** `chainwatch serve` */
export const serveCommand: Command = {
  name: "serve",
  summary: { en: "Receive, store and show telemetry on this machine", zh: "在本机接收、存储并展示遥测数据" },
  options: {
    port: {
      value: "PORT",
      describe: { en: `${DEFAULT.en} CHAINWATCH_PORT, else 4318`, zh: `${DEFAULT.zh}取 CHAINWATCH_PORT，否则为 4318` },
    },
    host: {
      value: "ADDRESS",
      describe: {
        en: "default CHAINWATCH_HOST, else 127.0.0.1; any other than loopback needs CHAINWATCH_TOKEN or CHAINWATCH_TOKEN_FILE",
        zh: "默认取 CHAINWATCH_HOST，否则为 127.0.0.1；监听非回环地址时须设置 CHAINWATCH_TOKEN 或 CHAINWATCH_TOKEN_FILE",
      },
    },
    "data-dir": {
      value: "FOLDER",
      describe: {
        en: "default CHAINWATCH_DATA_DIR, else .chainwatch/data",
        zh: "默认取 CHAINWATCH_DATA_DIR，否则为 .chainwatch/data",
      },
    },
    config: {
      value: "FILE",
      describe: {
        en: "rules and receivers, read again when the file changes; default CHAINWATCH_CONFIG, else chainwatch.yaml when it is there, else the six default rules",
        zh: "规则与接收方的文件，修改后自动重新读取；默认取 CHAINWATCH_CONFIG，否则用 chainwatch.yaml（如存在），否则用六条默认规则",
      },
    },
    "external-url": {
      value: "URL",
      describe: {
        en: "how people reach the page, for links in messages; default CHAINWATCH_EXTERNAL_URL",
        zh: "人们访问页面的地址，用于消息中的链接；默认取 CHAINWATCH_EXTERNAL_URL",
      },
    },
    source: {
      value: "SOURCE",
      describe: {
        en: "who answers metric figures: local, or prometheus=URL; default CHAINWATCH_SOURCE, else local",
        zh: "由谁提供指标数据：local 或 prometheus=URL；默认取 CHAINWATCH_SOURCE，否则为 local",
      },
    },
    "jaeger-url": {
      value: "URL",
      describe: {
        en: 'how people reach Jaeger, for "Open in Jaeger" on a trace; default CHAINWATCH_JAEGER_URL',
        zh: "人们访问 Jaeger 的地址，用于链路页的“在 Jaeger 中打开”；默认取 CHAINWATCH_JAEGER_URL",
      },
    },
  },
  json: {
    en: "one JSON object a line: first where it listens, then every alert",
    zh: "每行一个 JSON 对象：先是监听地址，随后是每条告警",
  },
  examples: [
    { command: "chainwatch serve", describe: { en: "on 127.0.0.1:4318", zh: "监听 127.0.0.1:4318" } },
    {
      command: "chainwatch serve --port 0 --data-dir /tmp/watch",
      describe: { en: "on a free port, with data elsewhere", zh: "使用空闲端口，数据存放在别处" },
    },
    {
      command: "chainwatch serve --config team-rules.yaml",
      describe: { en: "with rules of your own", zh: "使用自己的规则" },
    },
    {
      command: "chainwatch serve --source prometheus=http://127.0.0.1:9090",
      describe: { en: "with the metric figures of a Prometheus", zh: "使用 Prometheus 中的指标数据" },
    },
  ],
  async run(flags, terminal) {
    const { out, err, env, language, stop } = terminal;
    const settings = readServerSettings(
      flags.given("config", "data-dir", "host", "port", "external-url", "source", "jaeger-url", "lang"),
      env,
    );
    // The database and the rules' checks load only here: the help and the other commands start without them.
    const [{ startLocalServer }, { loadConfig }] = await Promise.all([
      import("../server/local-server.js"),
      import("../server/load-config.js"),
    ]);
    const json = flags.on("json");
    const abilities: SourceAbilities = { sides: ["metrics", "records"], promql: settings.source !== undefined };
    const { rules, receivers, route, file } = loadConfig(settings.configFile, env, abilities);
    const { tokenFile } = settings;
    const server = await startLocalServer({
      ...settings,
      ...(tokenFile !== undefined && { token: readOrMakeTokenFile(tokenFile), loginAddress: true }),
      rules,
      receivers,
      route,
      ...(file !== undefined && {
        rulesFile: { path: file, load: () => loadConfig(file, env, abilities) },
      }),
      channels: [alertChannel(json, terminal)],
      log: err,
    });
    const { url, dataDir, loginUrl } = server;
    const names = receivers.map(({ name }) => name);
    const linksAt = names.length === 0 ? undefined : linkWarning(url);
    if (linksAt !== undefined) err(`! ${linksAt[language]}`);
    if (json) {
      const facts = {
        url,
        ...(loginUrl !== undefined && { login_url: loginUrl }),
        data_dir: dataDir,
        rules: rules.length,
        rules_file: file ?? null,
        receivers: names,
      };
      out(eventLine("listening", facts));
    } else {
      out(serverLine({ url, dataDir, rules: rules.length, receivers: names }, language));
      if (loginUrl !== undefined) out(`✓ ${LOGIN.word[language]}  ${loginUrl}   ${LOGIN.once[language]}`);
    }
    if (!stop.aborted) await once(stop, "abort");
    await server.close();
    return 0;
  },
};
