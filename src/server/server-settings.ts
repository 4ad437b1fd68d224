import { isIP } from "node:net";
import { type BilingualText, type Language, languageOf } from "../indicators/language.js";
import { ConfigError } from "../instrument/config-error.js";
import type { PrometheusBackend } from "../query/prometheus/prometheus-client.js";
import type { Secret } from "../receive/secret.js";
import type { Retention } from "../store/telemetry-database.js";
import type { ChosenSetting } from "./chosen-setting.js";
import { readMetricsBackend } from "./metrics-backend.js";
import { plainUrl } from "./plain-url.js";
import { readRetention } from "./retention-settings.js";
import { checkedToken } from "./token-file.js";

/** What `chainwatch serve` needs to know before it starts. */
export interface ServerSettings {
  /** The rules file that the user named; undefined: `chainwatch.yaml` in the working folder when there is one. */
  configFile: string | undefined;
  /** Folder of the databases and the daily JSON lines. */
  dataDir: string;
  /** Address to listen on. */
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** Asked of every sender and reader when set. */
  token: Secret | undefined;
  /** The file that holds the token, or will from the first start on; never set beside `token`. */
  tokenFile: string | undefined;
  /** Under which people reach the page, without a trailing slash; undefined: the address it listens on. */
  externalUrl: string | undefined;
  /** Under which people reach the Jaeger that has the same traces, without a trailing slash. */
  jaegerUrl: string | undefined;
  /** Who answers metric indicators; undefined: the local store. */
  source: PrometheusBackend | undefined;
  retention: Required<Retention>;
  /** For the console. */
  language: Language;
  /** For a browser that has not chosen; undefined: the browser's own language. */
  pageLanguage: Language | undefined;
}

/** What a command line can say. The token is not here: every user of a machine can read its command lines. */
export interface ServerFlags {
  config?: string;
  "data-dir"?: string;
  host?: string;
  port?: string;
  "external-url"?: string;
  source?: string;
  "jaeger-url"?: string;
  lang?: string;
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/**
 * Settings from flags, else from `CHAINWATCH_*`, else the defaults: 127.0.0.1:4318 and `.chainwatch/data`.
 *
 * @throws {ConfigError}
 */
export function readServerSettings(
  flags: ServerFlags,
  env: Readonly<Record<string, string | undefined>>,
): ServerSettings {
  const read = (option: keyof ServerFlags, variable: string): ChosenSetting | undefined =>
    chosen(option, flags[option], variable, env[variable]);
  const host = read("host", "CHAINWATCH_HOST");
  const tokenFile = env.CHAINWATCH_TOKEN_FILE || undefined;
  const token = readToken(env.CHAINWATCH_TOKEN);
  if (token && tokenFile) {
    throw new ConfigError({
      option: "token",
      at: "CHAINWATCH_TOKEN",
      expected: {
        en: "the token in CHAINWATCH_TOKEN or in the file that CHAINWATCH_TOKEN_FILE names",
        zh: "只在 CHAINWATCH_TOKEN 或 CHAINWATCH_TOKEN_FILE 所指文件之一中给出",
      },
      found: { en: "both", zh: "两者都有" },
      cure: { en: "unset one of the two", zh: "请取消其中一个" },
    });
  }
  if (host && !isLoopback(host.value) && !token && !tokenFile) {
    throw new ConfigError({
      option: "host",
      at: host.at,
      expected: {
        en: "a loopback address, or a token as well, because other machines can reach any other address",
        zh: "回环地址，否则还须设置令牌，因为其他机器可以访问别的地址",
      },
      found: host.value,
      cure: {
        en: "set CHAINWATCH_TOKEN (openssl rand -hex 24 makes one) or CHAINWATCH_TOKEN_FILE, or listen on 127.0.0.1",
        zh: "请设置 CHAINWATCH_TOKEN（可用 openssl rand -hex 24 生成）或 CHAINWATCH_TOKEN_FILE，或监听 127.0.0.1",
      },
    });
  }
  const language = readLanguage(read("lang", "CHAINWATCH_LANG"));
  return {
    configFile: read("config", "CHAINWATCH_CONFIG")?.value,
    dataDir: read("data-dir", "CHAINWATCH_DATA_DIR")?.value ?? ".chainwatch/data",
    host: host?.value ?? "127.0.0.1",
    port: readPort(read("port", "CHAINWATCH_PORT")),
    token,
    tokenFile,
    externalUrl: readUrl(read("external-url", "CHAINWATCH_EXTERNAL_URL"), "https://watch.example.com"),
    jaegerUrl: readUrl(read("jaeger-url", "CHAINWATCH_JAEGER_URL"), "http://127.0.0.1:16686"),
    source: readMetricsBackend(read("source", "CHAINWATCH_SOURCE"), env),
    retention: readRetention(env),
    language: language ?? languageOf(env),
    pageLanguage: language,
  };
}

/** An empty variable counts as unset, as everywhere in OpenTelemetry; an empty flag is a mistake. */
function chosen(
  option: keyof ServerFlags,
  flag: string | undefined,
  variable: string,
  variableValue: string | undefined,
): ChosenSetting | undefined {
  if (flag === "") {
    throw new ConfigError({
      option,
      at: `--${option}`,
      expected: { en: "a value", zh: "非空的值" },
      found: flag,
      cure: { en: "give it a value, or leave it out", zh: "请给出值，或不写该选项" },
    });
  }
  if (flag !== undefined) return { option, at: `--${option}`, value: flag };
  return variableValue ? { option, at: variable, value: variableValue } : undefined;
}

const MAKE_TOKEN: BilingualText = {
  en: "make one with: openssl rand -hex 24",
  zh: "可用 openssl rand -hex 24 生成",
};

function readToken(value: string | undefined): Secret | undefined {
  return value ? checkedToken(value, "CHAINWATCH_TOKEN", MAKE_TOKEN) : undefined;
}

function readPort(setting: ChosenSetting | undefined): number {
  if (!setting) return 4318;
  const port = Number(setting.value);
  if (/^\d+$/.test(setting.value) && port <= 65_535) return port;
  throw new ConfigError({
    option: setting.option,
    at: setting.at,
    expected: { en: "a port from 0 to 65535", zh: "0 到 65535 的端口" },
    found: setting.value,
    cure: { en: "leave it out for 4318; 0 takes a free one", zh: "不写则用 4318；0 表示任选空闲端口" },
  });
}

function readLanguage(setting: ChosenSetting | undefined): Language | undefined {
  if (!setting) return undefined;
  const found = /^(en|zh)([-_].*)?$/i.exec(setting.value)?.[1]?.toLowerCase();
  if (found === "en" || found === "zh") return found;
  throw new ConfigError({
    option: setting.option,
    at: setting.at,
    expected: { en: "en or zh", zh: "en 或 zh" },
    found: setting.value,
    cure: { en: "name one of the two, or leave it out for the locale's own", zh: "请写其中之一，或不写以跟随系统" },
  });
}

function readUrl(setting: ChosenSetting | undefined, example: string): string | undefined {
  return (
    setting &&
    plainUrl(setting, { value: setting.value, cure: { en: `write it like ${example}`, zh: `请写成 ${example}` } })
  );
}
