import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";

/** What a robot's service received. */
export interface RobotPost {
  url: URL;
  contentType: string | undefined;
  body: string;
}

type Answer = (post: RobotPost, response: ServerResponse) => void;

/** A real server in the place of a robot's service. */
export class RobotServer {
  readonly posts: RobotPost[] = [];
  readonly #server: Server;

  private constructor(answer: Answer, tls: ServerOptions | undefined) {
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const post = {
          url: new URL(request.url ?? "/", "http://robot.example"),
          contentType: request.headers["content-type"],
          body: Buffer.concat(chunks).toString("utf8"),
        };
        this.posts.push(post);
        answer(post, response);
      });
    };
    this.#server = tls === undefined ? createServer(listener) : createHttpsServer(tls, listener);
  }

  static async start(answer: Answer, tls?: ServerOptions): Promise<RobotServer> {
    const server = new RobotServer(answer, tls);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  /** `127.0.0.1:41234` */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** As the services of all robots answer, whatever is wrong: HTTP 200 and a code in JSON. */
export function answerJson(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json;charset=utf-8" }).end(JSON.stringify(body));
}
