import { createHash } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { SqliteAlertJournal } from "../../src/alert/sqlite-alert-journal.js";
import { CliProcess, emptyFolder, removeFolder } from "../cli/cli-process.js";
import { ScriptedBackend } from "./parts/flipping-backend.js";
import { until } from "./parts/until.js";

/** `CHAINWATCH_NOTIFIER_KILLS=200` for a longer run. */
const KILLS = Number(process.env.CHAINWATCH_NOTIFIER_KILLS ?? 50);
/** Of one kill with its start, on a machine that does other things as well. */
const PATIENCE_MS = 8000;
/** From a question until its alerts are decided and their messages recorded. */
const LONGEST_DECISION_MS = 60;
/** From a request at a receiver until its answer is recorded; the receiver takes half of it. */
const LONGEST_DELIVERY_MS = 40;
/** Of a process that is killed while it sends. */
const MOST_REQUESTS = 40;
/** That nobody sent for so long means that nothing is left to send. */
const QUIET_MS = 2000;
const RULES = ["one", "two", "three"];

/** A request that reached a receiver, whether or not its sender lived to read the answer. */
interface Arrived {
  key: string;
  status: "firing" | "resolved";
  /** Alerts as `rule n`. */
  alerts: string[];
  bodyHash: string;
}

/** Counts what comes. */
class CountingReceiver {
  readonly arrived: Arrived[] = [];
  readonly #server: Server;

  constructor(
    readonly name: string,
    arrival: EventEmitter,
  ) {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString();
      const { status, alerts } = JSON.parse(body);
      this.arrived.push({
        key: String(request.headers["webhook-id"]),
        status,
        alerts: alerts.map(({ labels }: { labels: Record<string, string> }) => `${labels.alertname} ${labels.n}`),
        bodyHash: createHash("sha256").update(body).digest("hex"),
      });
      arrival.emit("request");
      await delay((Math.random() * LONGEST_DELIVERY_MS) / 2);
      response.end();
    });
  }

  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Requests by their key, in order. */
  byKey(): Map<string, Arrived[]> {
    const byKey = new Map<string, Arrived[]>();
    for (const one of this.arrived) byKey.set(one.key, [...(byKey.get(one.key) ?? []), one]);
    return byKey;
  }
}

const folder = emptyFolder();
const dataDir = join(folder, ".chainwatch/data");
const arrival = new EventEmitter();
let isOver = false;
/** Every second each expression has a series that was never there before, for two seconds. */
const backend = new ScriptedBackend((expr, atS) => {
  if (!RULES.includes(expr)) return undefined;
  if (isOver) return [];
  return [Math.floor(atS) - 1, Math.floor(atS)].map((n) => ({ labels: { n: String(n) }, isBad: true }));
});
const receivers = ["oncall", "chat"].map((name) => new CountingReceiver(name, arrival));
let evaluator: CliProcess | undefined;

afterAll(async () => {
  await evaluator?.kill();
  for (const server of [backend, ...receivers]) server.close();
  removeFolder(folder);
});

test(
  `${KILLS} kills between an alert and its record lose no message, and double at most one a kill and receiver`,
  async () => {
    const url = await backend.start();
    const urls = await Promise.all(receivers.map((receiver) => receiver.start()));
    writeFileSync(join(folder, "chainwatch.yaml"), configFile());
    const env = Object.fromEntries(urls.map((address, index) => [`RECEIVER_${index}`, address]));
    const start = (): CliProcess =>
      new CliProcess(["rules", "run", "--source", `prometheus=${url}`, "--port", "0"], { cwd: folder, env });
    for (let kill = 1; kill <= KILLS; kill += 1) {
      evaluator = start();
      if (kill % 2 === 0) {
        await backend.nextQuestion();
        await delay(Math.random() * LONGEST_DECISION_MS);
      } else {
        // What the processes before left is sent first, so that nothing gets so old that it is summarised.
        const requests = Math.ceil(Math.random() * MOST_REQUESTS);
        for (let request = 0; request < requests; request += 1) await once(arrival, "request");
        await delay(Math.random() * LONGEST_DELIVERY_MS);
      }
      await evaluator.kill();
      expect(evaluator.stderr).toBe("");
    }
    isOver = true;
    evaluator = start();
    await backend.nextQuestion();
    let quietSinceMs = Date.now();
    arrival.on("request", () => {
      quietSinceMs = Date.now();
    });
    await until("the last message", () => Date.now() - quietSinceMs > QUIET_MS);
    await evaluator.kill();

    const fired = await firings();
    for (const receiver of receivers) {
      const { name, arrived } = receiver;
      const byKey = receiver.byKey();
      for (const alert of fired) {
        const told = arrived.filter(({ status, alerts }) => status === "firing" && alerts.includes(alert));
        expect([name, alert, told.length > 0]).toEqual([name, alert, true]);
        expect([name, alert, new Set(told.map(({ key }) => key)).size]).toEqual([name, alert, 1]);
      }
      for (const [key, same] of byKey) {
        expect([name, key, new Set(same.map(({ bodyHash }) => bodyHash)).size]).toEqual([name, key, 1]);
      }
      const doubled = arrived.length - byKey.size;
      expect([name, doubled <= KILLS]).toEqual([name, true]);
      console.log(
        `${name}: ${KILLS} kills, ${fired.length} firings, ${arrived.length} messages, ${doubled} of them twice`,
      );
    }
    expect(fired.length).toBeGreaterThan(KILLS);
  },
  (KILLS + 20) * PATIENCE_MS,
);

/** What fired, by the journal, which must know of each that it was sent. */
async function firings(): Promise<string[]> {
  const journal = await SqliteAlertJournal.open(dataDir);
  const { transitions } = await journal.historyPage({ limit: 1_000_000 });
  expect(await journal.undecided()).toEqual([]);
  expect((await journal.notifyState()).outbox).toEqual([]);
  await journal.close();
  const fired = transitions.filter(({ to }) => to === "firing");
  for (const { id, notification } of fired) expect([id, notification?.result]).toEqual([id, "sent"]);
  return fired.map(({ rule, labels }) => `${rule} ${labels.n}`);
}

function configFile(): string {
  const rules = RULES.map((id) => ({ id, expr: id, when: "> 5", interval: "1s", keep_firing_for: "0s" }));
  const named = receivers.map(({ name }, index) => ({ name, webhook: { url: `\${RECEIVER_${index}}` } }));
  return JSON.stringify({ defaults: { interval: "1d", window: "1d" }, rules, receivers: named });
}
