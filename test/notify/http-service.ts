import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { TestCertificate } from "../export/test-certificate.js";

/** What a service received. */
export interface Posted {
  method: string | undefined;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Answer = (posted: Posted, response: ServerResponse) => void;

/** A real HTTP server in the place of a service that people are told by; gone after the test. */
export class HttpService {
  readonly posted: Posted[] = [];
  /** Base address. */
  url = "";

  private constructor(private readonly answer: Answer) {}

  static async start(answer: Answer, certificate?: TestCertificate): Promise<HttpService> {
    const service = new HttpService(answer);
    const listener = (request: IncomingMessage, response: ServerResponse): void =>
      void service.#take(request, response);
    const server = certificate === undefined ? createServer(listener) : createHttpsServer(certificate, listener);
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const scheme = certificate === undefined ? "http" : "https";
    service.url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return service;
  }

  /** The newest body, as JSON. */
  get newest(): unknown {
    return JSON.parse(this.posted.at(-1)?.body ?? "null");
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const { method, url: path = "", headers } = request;
    const posted = { method, path, headers, body };
    this.posted.push(posted);
    this.answer(posted, response);
  }
}

export const answering =
  (status: number, body = "", headers: Record<string, string> = {}): Answer =>
  (_posted, response) =>
    void response.writeHead(status, headers).end(body);
