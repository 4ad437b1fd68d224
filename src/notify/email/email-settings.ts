import { z } from "zod";
import { Secret } from "../../receive/secret.js";
import { FROM_ENVIRONMENT } from "../from-environment.js";

const ADDRESS = "an e-mail address, such as oncall@example.com";
const URL_FORM = "the mail server's address, such as smtps://user:password@smtp.example.com:465";

const text = (error: string) => z.string({ error }).min(1, { error });

/** `a@b`, or `Name <a@b>`. Line breaks would end the header. */
const address = z.string({ error: ADDRESS }).regex(/^(?:[^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@,]+@[^\s<>@,]+)$/, {
  error: ADDRESS,
});

const addresses = z.array(address, { error: "a list of e-mail addresses, such as [oncall@example.com]" });

const port = { error: "a port from 1 to 65535" };

/** The `email` of a receiver. */
export const EMAIL_SETTINGS = z
  .strictObject(
    {
      url: text(URL_FORM)
        .refine(isServerUrl, { error: URL_FORM })
        .transform((url) => new Secret(url))
        .optional()
        .meta({
          ...FROM_ENVIRONMENT,
          description:
            "The mail server with user and password, from the environment. smtps:// is TLS from the start, smtp:// is STARTTLS.",
        }),
      host: text("a host name, such as smtp.example.com").optional().meta({ description: "In the place of url." }),
      port: z.int(port).min(1, port).max(65_535, port).optional().meta({ description: "Without it: 465 or 587." }),
      tls: z.enum(["starttls", "implicit", "none"], { error: "one of starttls, implicit, none" }).optional().meta({
        description:
          "starttls: encrypted after the greeting, or not at all sent. implicit: from the start, as on port 465. none: never, for a relay on the same machine.",
      }),
      ca_file: text("the path of a PEM file")
        .optional()
        .meta({ description: "The authority of the server's certificate, when no public one signed it." }),
      user: text("a user name").optional(),
      password: text("a password, from an environment variable")
        .transform((password) => new Secret(password))
        .optional()
        .meta({ ...FROM_ENVIRONMENT, description: "From the environment." }),
      from: address.optional().meta({
        description:
          'The sender, such as "Chainwatch <alerts@example.com>". Without it: EMAIL_FROM, else the user of the mail server.',
      }),
      to: addresses.min(1, { error: "at least one e-mail address" }),
      cc: addresses.optional(),
    },
    { error: "a map with to, and url or host, and from" },
  )
  .refine(({ url, host }) => url === undefined || host === undefined, { error: "either url or host" })
  .refine(({ url, host }) => url !== undefined || host !== undefined, {
    error: "url or host, or the environment variable SMTP_URL",
  })
  .refine(({ url, port, user, password }) => url === undefined || (port ?? user ?? password) === undefined, {
    error: "port, user and password within url",
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    error: "user and password together",
  })
  .refine(({ tls, url, password }) => tls !== "none" || !(password ?? passwordIn(url)), {
    error: "tls: starttls or implicit beside a password, which is never sent in the clear",
  })
  .transform(({ from: said, ...settings }, context) => {
    const from = said ?? userAddress(settings);
    if (from !== undefined) return { ...settings, from };
    const message = "from, the sender's address, or the environment variable EMAIL_FROM";
    context.addIssue({ code: "custom", message, input: said });
    return z.NEVER;
  });

/** What a file need not say: the variable, by the key that it takes the place of. */
export const EMAIL_VARIABLES = { url: "SMTP_URL", from: "EMAIL_FROM" } as const;

/** The key itself, or another that says the same, is there. */
export function saysItself(block: Readonly<Record<string, unknown>>, key: keyof typeof EMAIL_VARIABLES): boolean {
  const server = ["url", "host", "port", "user", "password"];
  return (key === "url" ? server : [key]).some((one) => Object.hasOwn(block, one));
}

export type EmailSettings = z.output<typeof EMAIL_SETTINGS>;

/** How settings say which mail server they mean. */
interface MailServerSettings {
  url?: Secret | undefined;
  host?: string | undefined;
  port?: number | undefined;
  tls?: MailServer["tls"] | undefined;
  user?: string | undefined;
  password?: Secret | undefined;
}

/** The mail server that the settings mean. */
export interface MailServer {
  host: string;
  port: number;
  tls: "starttls" | "implicit" | "none";
  user?: string;
  password?: Secret;
}

export function mailServerOf({ url, host = "", port, tls, user, password }: MailServerSettings): MailServer {
  if (url === undefined) {
    const encryption = tls ?? (port === 465 ? "implicit" : "starttls");
    const given = { ...(user !== undefined && { user }), ...(password !== undefined && { password }) };
    return { host, port: port ?? usualPort(encryption), tls: encryption, ...given };
  }
  const server = new URL(url.reveal());
  const encryption = tls ?? (server.protocol === "smtps:" ? "implicit" : "starttls");
  return {
    host: server.hostname.replace(/^\[|\]$/g, ""),
    port: Number(server.port) || usualPort(encryption),
    tls: encryption,
    ...(server.username !== "" && { user: decodeURIComponent(server.username) }),
    ...(server.password !== "" && { password: new Secret(decodeURIComponent(server.password)) }),
  };
}

/** Who logs in may mostly send under that address only. */
function userAddress(settings: MailServerSettings): string | undefined {
  const { user } = mailServerOf(settings);
  return address.safeParse(user).data;
}

function usualPort(tls: MailServer["tls"]): number {
  return { implicit: 465, starttls: 587, none: 25 }[tls];
}

function isServerUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, hash, username, password } = new URL(text);
  return (
    /^smtps?:$/.test(protocol) &&
    hostname !== "" &&
    /^\/?$/.test(pathname) &&
    search + hash === "" &&
    (username === "") === (password === "") &&
    isDecodable(username) &&
    isDecodable(password)
  );
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function passwordIn(url: Secret | undefined): string {
  return url === undefined ? "" : new URL(url.reveal()).password;
}
