import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import { isLoopback } from "./server-settings.js";

/** The parts of a request that say where it comes from. */
export interface Approach {
  method: string;
  headers: IncomingHttpHeaders;
  /** It brought the token in its Authorization header, which no web page can make a browser do. */
  hasToken: boolean;
}

/**
 * Keeps other web sites out of a server that a browser can reach.
 *
 * - A site whose name is made to resolve to this machine (DNS rebinding) sends its own name as `Host`. Allowed are
 *   loopback names and the external URL's; where the server listens on other addresses, also any plain IP address,
 *   because rebinding needs a name.
 * - Any site may make a browser send a POST here. Such a request names its `Origin`, which must be this server.
 */
export class OriginGuard {
  readonly #external: URL | undefined;
  readonly #listensBeyondLoopback: boolean;

  constructor({ host, externalUrl }: { host: string; externalUrl: string | undefined }) {
    this.#external = externalUrl === undefined ? undefined : new URL(externalUrl);
    this.#listensBeyondLoopback = !isLoopback(host);
  }

  /** Why the request is refused; undefined: it is not. */
  refusal({ method, headers, hasToken }: Approach): string | undefined {
    const host = headers.host ?? "";
    if (!hasToken && !this.#isOurs(host)) {
      return `Host: expected 127.0.0.1, localhost, [::1] or the host of CHAINWATCH_EXTERNAL_URL, found ${JSON.stringify(host)}`;
    }
    const { origin } = headers;
    if (origin === undefined || method === "GET" || method === "HEAD") return undefined;
    if (origin === this.#external?.origin || origin === `http://${host}`) return undefined;
    return `Origin: expected none, or this server's own, found ${JSON.stringify(origin)}; web pages of other origins may not send here`;
  }

  #isOurs(host: string): boolean {
    if (!URL.canParse(`http://${host}`)) return false;
    const { hostname } = new URL(`http://${host}`);
    const name = hostname.replace(/^\[|\]$/g, "");
    if (isLoopback(name) || name === this.#external?.hostname) return true;
    return this.#listensBeyondLoopback && isIP(name) !== 0;
  }
}
