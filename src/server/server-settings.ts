import { isIP } from "node:net";
import { type Language, languageOf } from "../indicators/language.js";
import { ConfigError } from "../instrument/config-error.js";
import { Secret } from "../receive/secret.js";

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
  /** Under which people reach the page, without a trailing slash; undefined: the address it listens on. */
  externalUrl: string | undefined;
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
  const read = (option: keyof ServerFlags, variable: string): Chosen | undefined =>
    chosen(option, flags[option], variable, env[variable]);
  const host = read("host", "CHAINWATCH_HOST");
  const token = readToken(env.CHAINWATCH_TOKEN);
  if (host && !isLoopback(host.value) && !token) {
    throw new ConfigError({
      option: "host",
      at: host.at,
      expected: "a loopback address, or a token as well, because other machines can reach any other address",
      found: host.value,
      cure: "set CHAINWATCH_TOKEN (openssl rand -hex 24 makes one), or listen on 127.0.0.1",
    });
  }
  const language = readLanguage(read("lang", "CHAINWATCH_LANG"));
  return {
    configFile: read("config", "CHAINWATCH_CONFIG")?.value,
    dataDir: read("data-dir", "CHAINWATCH_DATA_DIR")?.value ?? ".chainwatch/data",
    host: host?.value ?? "127.0.0.1",
    port: readPort(read("port", "CHAINWATCH_PORT")),
    token,
    externalUrl: readExternalUrl(read("external-url", "CHAINWATCH_EXTERNAL_URL")),
    language: language ?? languageOf(env),
    pageLanguage: language,
  };
}

interface Chosen {
  option: string;
  /** The flag or the variable that said it. */
  at: string;
  value: string;
}

/** An empty variable counts as unset, as everywhere in OpenTelemetry; an empty flag is a mistake. */
function chosen(
  option: keyof ServerFlags,
  flag: string | undefined,
  variable: string,
  variableValue: string | undefined,
): Chosen | undefined {
  if (flag === "") {
    throw new ConfigError({
      option,
      at: `--${option}`,
      expected: "a value",
      found: flag,
      cure: "give it a value, or leave it out",
    });
  }
  if (flag !== undefined) return { option, at: `--${option}`, value: flag };
  return variableValue ? { option, at: variable, value: variableValue } : undefined;
}

function readToken(value: string | undefined): Secret | undefined {
  if (!value) return undefined;
  if (/^[\x21-\x7e]+$/.test(value)) return new Secret(value);
  throw new ConfigError({
    option: "token",
    at: "CHAINWATCH_TOKEN",
    expected: "printable ASCII without spaces, because it travels in a header",
    found: String(new Secret(value)),
    cure: "make one with: openssl rand -hex 24",
  });
}

function readPort(setting: Chosen | undefined): number {
  if (!setting) return 4318;
  const port = Number(setting.value);
  if (/^\d+$/.test(setting.value) && port <= 65_535) return port;
  throw new ConfigError({
    option: setting.option,
    at: setting.at,
    expected: "a port from 0 to 65535",
    found: setting.value,
    cure: "leave it out for 4318; 0 takes a free one",
  });
}

function readLanguage(setting: Chosen | undefined): Language | undefined {
  if (!setting) return undefined;
  const found = /^(en|zh)([-_].*)?$/i.exec(setting.value)?.[1]?.toLowerCase();
  if (found === "en" || found === "zh") return found;
  throw new ConfigError({
    option: setting.option,
    at: setting.at,
    expected: "en or zh",
    found: setting.value,
    cure: "name one of the two, or leave it out for the locale's own",
  });
}

function readExternalUrl(setting: Chosen | undefined): string | undefined {
  if (!setting) return undefined;
  const url = URL.canParse(setting.value) ? new URL(setting.value) : undefined;
  const plain = url && !url.username && !url.password && !url.search && !url.hash;
  if (plain && /^https?:$/.test(url.protocol)) return url.href.replace(/\/+$/, "");
  throw new ConfigError({
    option: setting.option,
    at: setting.at,
    expected: "an http or https address without a password, query or fragment",
    // An address may carry a password, so it is not repeated.
    found: url?.password ? "an address with a password" : setting.value,
    cure: "write it like https://watch.example.com",
  });
}
