import { createHash } from "node:crypto";
import { z } from "zod";
import { templateMistakes } from "../alert/annotation-template.js";
import { addShapeMistakes } from "../alert/shape-mistakes.js";
import type { YamlPath, YamlSource } from "../alert/yaml-source.js";
import { maskSecrets } from "../instrument/secret-mask.js";
import { CHANNEL_KIND_NAMES, type ChannelKind, KINDS_WITHOUT_WORDS } from "./channel-kind.js";
import { CHANNEL_KINDS } from "./channel-kinds.js";
import { withCureVariables } from "./cure-variables.js";
import { EMAIL_VARIABLES, saysItself } from "./email/email-settings.js";
import { MESSAGE_TEMPLATE } from "./message/message-template.js";
import type { Receiver } from "./receiver.js";
import { placeAt, type SettingPlace, secretPlaces } from "./setting-place.js";

/** The shape of the `receivers` section. Every message completes "expected …". */

const NAME = "a name of letters, digits, spaces, - _ and ., such as oncall";
const A_KIND = `one of ${CHANNEL_KIND_NAMES.join(", ")}`;

const channels = Object.fromEntries(CHANNEL_KIND_NAMES.map((kind) => [kind, CHANNEL_KINDS[kind].optional()])) as {
  [Kind in ChannelKind]: z.ZodOptional<(typeof CHANNEL_KINDS)[Kind]>;
};

const receiver = z
  .strictObject(
    {
      name: z
        .string({ error: NAME })
        .regex(/^[\p{L}\p{N}](?:[\p{L}\p{N} _.-]*[\p{L}\p{N}])?$/u, { error: NAME })
        .meta({ description: "As rules and routes call it." }),
      language: z
        .enum(["en", "zh"], { error: "en or zh" })
        .optional()
        .meta({ description: "Of its messages. Without it: that of the program." }),
      template: MESSAGE_TEMPLATE.optional().meta({
        description: "Words of your own in the place of ours, with the placeholders of annotations.",
      }),
      ...channels,
    },
    { error: "a receiver: a map with name and a channel, such as slack" },
  )
  .meta({ oneOf: CHANNEL_KIND_NAMES.map((kind) => ({ required: [kind] })) });

/** Of `receivers` in a rules file. */
export const RECEIVERS_SETTINGS = z
  .array(receiver, { error: "a list of receivers, each with a name and a channel" })
  .nullish()
  .meta({ description: "Who can be told of alerts." });

/** What people who know other files write. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  webhook_configs: "webhook",
  slack_configs: "slack",
  email_configs: "email",
  pagerduty_configs: "pagerduty",
  wechat_configs: "wecom",
  lark: "feishu",
  twilio: "sms",
  mail: "email",
  smtp: "email",
  lang: "language",
  api_url: "url",
  webhook_url: "url",
  access_token: "url, the whole address",
  smarthost: "host and port",
  service_key: "routing_key",
  integration_key: "routing_key",
};

/** Of the variables that are proposed, where the channel's own name is not what people know. */
const VARIABLE_PREFIXES: Partial<Record<ChannelKind, string>> = { sms: "TWILIO", email: "SMTP" };
/** Their addresses are not called webhooks. */
const PLAIN_ADDRESSES: readonly ChannelKind[] = ["webhook", "email"];

const EMAIL_KEYS = Object.keys(EMAIL_VARIABLES) as (keyof typeof EMAIL_VARIABLES)[];

type RawMap = Readonly<Record<string, unknown>>;

/**
 * Reads the `receivers` of a file and adds what is wrong with them.
 *
 * @param written the section, variables replaced
 * @returns those that hold when the file has no mistakes
 */
export function readReceivers(
  source: YamlSource,
  written: unknown,
  env: Readonly<Record<string, string | undefined>>,
): Receiver[] {
  const places = z.toJSONSchema(z.array(receiver), { io: "input" }) as SettingPlace;
  const whole = withVariables(written, env);
  const parsed = RECEIVERS_SETTINGS.safeParse(whole);
  const secrets = secretPlaces(places, written);
  const inFile = secrets.filter((path) => source.originOf(["receivers", ...path]) === "file");
  for (const path of inFile) addSecretInFile(source, path);

  const isIn = (paths: readonly YamlPath[], path: YamlPath): boolean =>
    paths.some((other) => other.length === path.length && other.every((key, index) => key === path[index]));
  addShapeMistakes(
    source,
    withoutIssues(parsed.error, (path) => isIn(inFile, path)),
    {
      at: ["receivers"],
      knownKeys: (path) => Object.keys(placeAt(places, path)?.properties ?? {}),
      elsewhere: ELSEWHERE,
      found(path) {
        const [, ...within] = path;
        const variable = variableOf(within);
        if (variable !== undefined && valueAt(written, within) === undefined && valueAt(whole, within) !== undefined) {
          return `the value of ${variable}`;
        }
        const holdsSecrets = placeAt(places, within)?.properties !== undefined || isIn(secrets, within);
        return foundAt(source, path, valueAt(written, within), holdsSecrets);
      },
    },
  );
  rawReceivers(written).forEach((raw, index) => {
    checkReceiver(source, raw, ["receivers", index]);
  });
  checkNames(source, receiverNames(written));
  return (parsed.data ?? []).flatMap((read, index) => {
    const variables = secrets.filter(([at]) => at === index).map((path) => variableAt(source, path));
    return receiverOf(read, rawReceivers(whole)[index] ?? {}, new Map(variables)) ?? [];
  });
}

/** The section with what its blocks need not say, where the environment has it. */
function withVariables(written: unknown, env: Readonly<Record<string, string | undefined>>): unknown {
  if (!Array.isArray(written)) return written;
  return written.map((raw) => {
    if (!isMap(raw) || !isMap(raw.email)) return raw;
    const { email } = raw;
    const unsaid = EMAIL_KEYS.filter((key) => !saysItself(email, key) && env[EMAIL_VARIABLES[key]]);
    return {
      ...raw,
      email: { ...email, ...Object.fromEntries(unsaid.map((key) => [key, env[EMAIL_VARIABLES[key]]])) },
    };
  });
}

/** That takes the place of what the file need not say. */
function variableOf([, kind, key]: YamlPath): string | undefined {
  const known = kind === "email" ? EMAIL_KEYS.find((one) => one === key) : undefined;
  return known && EMAIL_VARIABLES[known];
}

/** By their place; what has none is undefined. */
export function receiverNames(written: unknown): (string | undefined)[] {
  return rawReceivers(written).map(({ name }) => (typeof name === "string" ? name : undefined));
}

/** The variable that we would propose for a secret, and what the file has in its place. */
function variableAt(source: YamlSource, path: YamlPath): [proposed: string, named: string] {
  return [proposedFor(path), variablesIn(source.textAt(["receivers", ...path]))];
}

function receiverOf(
  read: z.output<typeof receiver>,
  raw: RawMap,
  variables: ReadonlyMap<string, string>,
): Receiver | undefined {
  const { name, language, template } = read;
  const kind = CHANNEL_KIND_NAMES.find((known) => read[known] !== undefined);
  const open = kind && read[kind];
  if (kind === undefined || open === undefined) return undefined;
  return {
    name,
    kind,
    language,
    digest: createHash("sha256").update(JSON.stringify(raw)).digest("hex"),
    open(usual) {
      const channel = open(name, { language: language ?? usual, ...(template && { template }) });
      return withCureVariables(channel, variables);
    },
  };
}

function checkReceiver(source: YamlSource, raw: RawMap, path: YamlPath): void {
  const kinds = CHANNEL_KIND_NAMES.filter((kind) => Object.hasOwn(raw, kind));
  const [kind, other] = kinds;
  if (kind === undefined && Object.keys(raw).length > 0) source.add(path, `expected ${A_KIND}, found none of them`);
  if (kind !== undefined && other !== undefined) {
    source.addAtKey(path, other, `expected one channel, found ${kinds.join(" and ")}; make a receiver of each`);
  }
  if (!isMap(raw.template)) return;
  if (kind !== undefined && KINDS_WITHOUT_WORDS.includes(kind)) {
    source.addAtKey(
      path,
      "template",
      `expected no template beside ${kind}, which gets data; the other end has the words`,
    );
    return;
  }
  for (const [part, text] of Object.entries(raw.template)) {
    const [mistake] = typeof text === "string" ? templateMistakes(text, undefined) : [];
    // The plain message goes out in its place and says so, and alerts must go out.
    if (mistake !== undefined) source.warn([...path, "template", part], `${mistake.message}; our own words are sent`);
  }
}

function checkNames(source: YamlSource, names: readonly (string | undefined)[]): void {
  names.forEach((name, index) => {
    if (name === undefined) return;
    const path = ["receivers", index, "name"];
    if (names.indexOf(name) < index) {
      source.add(path, `expected a name of its own, found "${name}", which an earlier receiver has`);
    }
    if (name === "console") source.add(path, 'expected another name than "console", which is told of every alert');
  });
}

function addSecretInFile(source: YamlSource, path: YamlPath): void {
  const found = "expected a secret from the environment, found it in the file";
  const cure = `write it as "\${${proposedFor(path)}}" and set that variable`;
  source.add(["receivers", ...path], `${String(path.at(-1))}: ${found}; ${cure}`);
}

/** The environment variable that is proposed for a secret: `DINGTALK_SECRET`. */
function proposedFor([, kind, ...rest]: YamlPath): string {
  const [channel, key] = [kind as ChannelKind, String(rest.at(-1))];
  const prefix = VARIABLE_PREFIXES[channel] ?? channel.toUpperCase();
  const isWebhook = key === "url" && !PLAIN_ADDRESSES.includes(channel);
  return `${prefix}_${isWebhook ? "WEBHOOK" : key.toUpperCase().replace(/\W/g, "_")}`;
}

const variablesIn = (text: string): string =>
  [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name).join(", ") || "a variable";

/**
 * A secret, and what may hold one, is not repeated; a variable is shown by its name.
 *
 * @param holdsSecrets also where it has another form than it should
 */
function foundAt(source: YamlSource, path: YamlPath, value: unknown, holdsSecrets: boolean): string {
  if (isMap(value)) return `a map with ${Object.keys(value).join(", ") || "nothing"}`;
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  const text = source.textAt(path);
  if (source.originOf(path) === "environment") {
    return `${value === "" ? "the empty value" : "the value"} of ${variablesIn(text)}`;
  }
  return holdsSecrets && typeof value === "string" ? "a text" : maskSecrets(text);
}

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (around, key) =>
      typeof around === "object" && around !== null && Object.hasOwn(around, key)
        ? (around as Readonly<Record<PropertyKey, unknown>>)[key]
        : undefined,
    value,
  );
}

function withoutIssues(error: z.ZodError | undefined, passOver: (path: YamlPath) => boolean): z.ZodError | undefined {
  return error && new z.ZodError(error.issues.filter(({ path }) => !passOver(path)));
}

/** What is no map counts as an empty one, so that the places stay those of the file. */
function rawReceivers(written: unknown): RawMap[] {
  return Array.isArray(written) ? written.map((raw) => (isMap(raw) ? raw : {})) : [];
}

const isMap = (value: unknown): value is RawMap => typeof value === "object" && value !== null && !Array.isArray(value);
