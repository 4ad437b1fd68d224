import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import type { Channel } from "../../src/notify/channel.js";
import type { Delivery } from "../../src/notify/delivery.js";
import { testCertificate } from "../export/test-certificate.js";
import { type Answer, answering, HttpService } from "./http-service.js";
import { notificationOf } from "./message/notification-of.js";

type Failed = Delivery & { delivered: false };

/** What a channel says of everything that a network and a web server can do to it. @param channelAt by base address */
export function httpTroubleTests(channelAt: (url: string) => Channel): void {
  const signal = new AbortController().signal;

  const failedAt = async (answer: Answer): Promise<Failed> => {
    const { url } = await HttpService.start(answer);
    return failed(await channelAt(url).deliver(notificationOf(), signal));
  };

  describe("of a service in trouble", () => {
    test.each([
      [400, false],
      [401, false],
      [403, false],
      [404, false],
      [408, true],
      [429, true],
      [500, true],
      [503, true],
    ])("HTTP %i is said, and tried again: %s", async (status, retry) => {
      const { message, ...delivery } = await failedAt(answering(status, "nginx says no"));
      expect(delivery.retry).toBe(retry);
      expect(message).toContain(String(status));
      expect(message).toContain("nginx says no");
    });

    test("401 has a cure", async () => {
      expect((await failedAt(answering(401))).cure?.en).toMatch(/token|key|password/);
    });

    test("it is tried again when the service asks for it", async () => {
      expect((await failedAt(answering(429, "", { "retry-after": "7" }))).retryAfterMs).toBe(7_000);
    });

    test("a redirect is not followed", async () => {
      const target = await HttpService.start(answering(200, "ok"));
      expect(await failedAt(answering(302, "", { location: target.url }))).toMatchObject({ retry: false });
      expect(target.posted).toEqual([]);
    });

    test("of an answer of 10 MB the beginning is read", async () => {
      const delivery = await failedAt(answering(500, "x".repeat(10 * 1024 * 1024)));
      expect(delivery.retry).toBe(true);
      expect(JSON.stringify(delivery).length).toBeLessThan(20_000);
    });

    test("one that never answers is left when the attempt ends", async () => {
      const end = new AbortController();
      const { url } = await HttpService.start(() => end.abort());
      expect(failed(await channelAt(url).deliver(notificationOf(), end.signal)).retry).toBe(true);
    });

    test("one that breaks off is tried again", async () => {
      expect((await failedAt((_posted, response) => void response.destroy())).retry).toBe(true);
    });

    test("one that does not listen is named so", async () => {
      const delivery = failed(await channelAt(await closedAddress()).deliver(notificationOf(), signal));
      expect(delivery).toMatchObject({ retry: true, cure: { en: expect.stringContaining("nothing listens") } });
    });

    test("a certificate that nobody vouches for has a cure", async () => {
      const service = await HttpService.start(answering(200, "ok"), testCertificate({ host: "127.0.0.1" }));
      const delivery = failed(await channelAt(service.url).deliver(notificationOf(), signal));
      expect(delivery).toMatchObject({ retry: true, cure: { en: expect.stringContaining("NODE_EXTRA_CA_CERTS") } });
      expect(service.posted).toEqual([]);
    });
  });
}

export function failed(delivery: Delivery): Failed {
  if (delivery.delivered) throw new Error("expected a failed delivery, found a delivered one");
  return delivery;
}

async function closedAddress(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return `http://127.0.0.1:${port}`;
}
