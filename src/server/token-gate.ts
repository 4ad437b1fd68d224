import { createHmac, randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Secret } from "../receive/secret.js";

const COOKIE = "chainwatch_session";
const THIRTY_DAYS_S = 30 * 86_400;

/** How a request showed that it may come in. `open`: this server has no token. */
export type Admission = "open" | "token" | "cookie" | "refused";

/** Asks senders for the token, and readers for it once: then a cookie stands for it. */
export class TokenGate {
  readonly #token: Secret | undefined;
  readonly #cookie: Secret | undefined;
  readonly #cookieFlags: string;
  #loginCode: Secret | undefined;

  /** @param secure the page is reached over https alone, so the cookie may travel only there. */
  constructor(token: Secret | undefined, { secure }: { secure: boolean }) {
    this.#token = token;
    // Derived, so that the token itself is in no browser's store; a new token makes old cookies void.
    this.#cookie = token && new Secret(createHmac("sha256", token.reveal()).update(COOKIE).digest("hex"));
    this.#cookieFlags = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${THIRTY_DAYS_S}${secure ? "; Secure" : ""}`;
  }

  admission(headers: IncomingHttpHeaders): Admission {
    if (!this.#token || !this.#cookie) return "open";
    const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
    if (bearer !== undefined && this.#token.matches(bearer)) return "token";
    const cookie = new RegExp(`(?:^|;\\s*)${cookieName(headers)}=([0-9a-f]+)`).exec(headers.cookie ?? "")?.[1];
    return cookie !== undefined && this.#cookie.matches(cookie) ? "cookie" : "refused";
  }

  /**
   * Makes the code that opens the page once: the log of a server may be read by more people and programs than the
   * token is for, and a code that was used says nothing. It is kept in memory alone.
   */
  makeLoginCode(): Secret {
    this.#loginCode = new Secret(randomBytes(24).toString("base64url"));
    return this.#loginCode;
  }

  /** The `Set-Cookie` header for who knows the token; undefined for who does not. */
  cookieForToken(candidate: string, headers: IncomingHttpHeaders): string | undefined {
    return this.#token?.matches(candidate) ? this.#setCookie(headers) : undefined;
  }

  /** The `Set-Cookie` header for the first who brings the login code; undefined for everybody else. */
  cookieForCode(candidate: string, headers: IncomingHttpHeaders): string | undefined {
    if (!this.#loginCode?.matches(candidate)) return undefined;
    this.#loginCode = undefined;
    return this.#setCookie(headers);
  }

  #setCookie(headers: IncomingHttpHeaders): string {
    return `${cookieName(headers)}=${this.#cookie?.reveal()}; ${this.#cookieFlags}`;
  }
}

/** Browsers keep the cookies of a host together, whatever its port: two servers on it would log each other out. */
function cookieName({ host = "" }: IncomingHttpHeaders): string {
  const port = /:(\d+)$/.exec(host)?.[1];
  return port === undefined ? COOKIE : `${COOKIE}_${port}`;
}
