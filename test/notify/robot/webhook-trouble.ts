import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import type { Channel } from "../../../src/notify/channel.js";
import type { Delivery } from "../../../src/notify/delivery.js";
import { Secret } from "../../../src/receive/secret.js";
import { testCertificate } from "../../export/test-certificate.js";
import { robotNotification } from "./robot-notification.js";
import { RobotServer } from "./robot-server.js";

const KEY = "8c3f5e1a-key-of-the-robot-0b77d2";

/** What a robot's channel says of everything that a network and a web server can do to it. */
export function webhookTroubleTests(channelAt: (url: Secret) => Channel): void {
  /** One attempt against a server that answers so. */
  async function deliveredTo(
    answer: (response: ServerResponse) => void,
    { scheme = "http", ...tls }: { scheme?: string; key?: string; cert?: string } = {},
    signal = new AbortController().signal,
  ): Promise<Delivery> {
    const server = await RobotServer.start((_post, response) => answer(response), scheme === "https" ? tls : undefined);
    try {
      const url = new Secret(`${scheme}://${server.host}/hook/${KEY}?key=${KEY}`);
      const delivery = await channelAt(url).deliver(robotNotification(), signal);
      expect(JSON.stringify(delivery)).not.toContain(KEY);
      return delivery;
    } finally {
      await server.close();
    }
  }

  const answering =
    (status: number, body = "", headers: Record<string, string> = {}) =>
    (response: ServerResponse): void => {
      response.writeHead(status, headers).end(body);
    };

  test.each([
    [400, false],
    [401, false],
    [404, false],
    [500, true],
    [503, true],
  ])("HTTP %i without a code: tried again %s", async (status, retry) => {
    expect(await deliveredTo(answering(status, "nginx"))).toMatchObject({
      delivered: false,
      retry,
      message: `${status} nginx`,
    });
  });

  test("HTTP 429 is tried again when the service asks for it", async () => {
    expect(await deliveredTo(answering(429, "", { "retry-after": "7" }))).toMatchObject({
      delivered: false,
      retry: true,
      retryAfterMs: 7_000,
    });
  });

  test("a redirect is not followed", async () => {
    const delivery = await deliveredTo(answering(302, "", { location: "http://169.254.169.254/" }));
    expect(delivery).toMatchObject({ delivered: false, retry: false, message: "302" });
  });

  test("a page with status 200 is no delivery", async () => {
    expect(await deliveredTo(answering(200, "<html>Log in to the network</html>"))).toMatchObject({
      delivered: false,
      retry: true,
      message: "200 <html>Log in to the network</html>",
      cure: { en: expect.stringContaining("check the address") },
    });
  });

  test("an answer that repeats the address does not show its key", async () => {
    const delivery = await deliveredTo(answering(404, `no route for /hook/${KEY}?key=${KEY}`));
    expect(delivery).toMatchObject({ message: "404 no route for /hook/[redacted]?key=[redacted]" });
  });

  test("of 10 MB the beginning is read", async () => {
    const delivery = await deliveredTo((response) => {
      response.writeHead(200).end(Buffer.alloc(10 * 1024 * 1024, "x"));
    });
    expect(delivery).toMatchObject({ delivered: false, retry: true });
    expect(JSON.stringify(delivery).length).toBeLessThan(30_000);
  });

  test("a server that never answers holds up nothing longer than it may", async () => {
    const giveUp = new AbortController();
    const delivery = await deliveredTo(() => giveUp.abort(), {}, giveUp.signal);
    expect(delivery).toMatchObject({ delivered: false, retry: true });
  });

  test("a certificate that nobody vouches for is named, with its cure", async () => {
    const certificate = testCertificate({ host: "127.0.0.1" });
    const delivery = await deliveredTo(answering(200), { scheme: "https", ...certificate });
    expect(delivery).toMatchObject({
      delivered: false,
      retry: true,
      cure: { en: expect.stringContaining("NODE_EXTRA_CA_CERTS") },
    });
  });
}
