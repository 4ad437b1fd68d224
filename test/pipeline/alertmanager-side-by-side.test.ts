import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { LASTS_S, TOLD_CASES, TOLD_RULES, type ToldCase, type ToldStep, toldText } from "../notify/told-cases.js";
import { startAlertmanager } from "./parts/alertmanager.js";
import { RunningParts } from "./parts/running-parts.js";

/** Alertmanager begins a group when it hears of an alert, and its timers are not exact. */
const TOLERANCE_S = 0.4;

/** One message, as Alertmanager posted it. */
interface Posted {
  atS: number;
  alerts: readonly { name: string; isFiring: boolean }[];
}

const parts = new RunningParts();

test("a real Alertmanager tells the same people the same at the same time, but where we differ on purpose", async () => {
  const told = await alertmanagerTells();
  const table = TOLD_CASES.map((one, index) => ({ ...one, theirs: said(told[index] ?? []) }));
  console.log(table.map(rowOf).join("\n\n"));
  for (const { name, told: ours, alertmanager, theirs } of table) {
    const expected = alertmanager?.told ?? ours;
    expect([name, theirs.map(words)]).toEqual([name, inOrder(expected).map(words)]);
    for (const [place, line] of inOrder(expected).entries()) {
      const off = Math.abs(Number.parseFloat(theirs[place] ?? "") - Number.parseFloat(line));
      expect([name, line, off < TOLERANCE_S, theirs[place]]).toEqual([name, line, true, theirs[place]]);
    }
    // A reason for a difference that is none would hide one that comes.
    if (alertmanager !== undefined) expect([name, alertmanager.told]).not.toEqual([name, ours]);
  }
});

/** All cases at once, each with a route and a receiver of its own, in real time. */
async function alertmanagerTells(): Promise<Posted[][]> {
  const posted: Posted[][] = TOLD_CASES.map(() => []);
  let startMs = Date.now();
  const receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { alerts } = JSON.parse(Buffer.concat(chunks).toString());
    posted[Number(request.url?.slice(1))]?.push({
      atS: (Date.now() - startMs) / 1000,
      alerts: alerts.map(({ status, labels }: { status: string; labels: { alertname: string } }) => ({
        name: labels.alertname,
        isFiring: status === "firing",
      })),
    });
    response.end();
  });
  await new Promise<void>((listening) => receiver.listen(0, "127.0.0.1", listening));
  const { port } = receiver.address() as AddressInfo;
  const { url } = await parts.keep(startAlertmanager(await parts.folder(), configFor(port)));
  startMs = Date.now();
  await Promise.all(TOLD_CASES.map((told, index) => play(url, told, index, startMs)));
  await delay(startMs + LASTS_S * 1000 - Date.now());
  receiver.close();
  receiver.closeAllConnections();
  return posted;
}

async function play(url: string, { steps }: ToldCase, index: number, startMs: number): Promise<void> {
  for (const step of steps) {
    await delay(Math.max(0, startMs + step.atS * 1000 - Date.now()));
    await take(url, step, index);
  }
}

async function take(url: string, step: ToldStep, index: number): Promise<void> {
  const nowMs = Date.now();
  const iso = (ms: number): string => new Date(ms).toISOString();
  const own = { case: String(index), service: "shop" };
  const { fires = [], resolves = [], silences } = step;
  const alert = (alertname: string, endsMs: number) => ({
    labels: { ...own, alertname, severity: TOLD_RULES.find(({ id }) => id === alertname)?.severity },
    startsAt: iso(nowMs - 1),
    endsAt: iso(endsMs),
  });
  const alerts = [
    ...fires.map((name) => alert(name, nowMs + 3_600_000)),
    ...resolves.map((name) => alert(name, nowMs)),
  ];
  if (silences !== undefined) {
    const matcher = (name: string, value: string) => ({ name, value, isRegex: false, isEqual: true });
    await post(`${url}/api/v2/silences`, {
      matchers: [matcher("alertname", silences.rule), matcher("case", own.case)],
      startsAt: iso(nowMs),
      endsAt: iso(nowMs + silences.forS * 1000),
      createdBy: "ann",
      comment: "deploy",
    });
  }
  if (alerts.length > 0) await post(`${url}/api/v2/alerts`, alerts);
}

async function post(url: string, body: object): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
}

/** The routes of the cases as Alertmanager writes them; JSON is YAML. */
function configFor(port: number): string {
  const routes = TOLD_CASES.map(({ route: { group_by = [], group_wait, group_interval, repeat_interval } }, index) => ({
    matchers: [`case="${index}"`],
    receiver: `case-${index}`,
    group_by: group_by.map((name) => (name === "rule" ? "alertname" : name)),
    ...{ group_wait, group_interval, repeat_interval },
  }));
  const inhibits = TOLD_RULES.flatMap(({ id, inhibits: others = [] }) =>
    others.map((other) => ({
      source_matchers: [`alertname="${id}"`],
      target_matchers: [`alertname="${other}"`],
      equal: ["case"],
    })),
  );
  const receivers = TOLD_CASES.map((_, index) => ({
    name: `case-${index}`,
    webhook_configs: [{ url: `http://127.0.0.1:${port}/${index}`, send_resolved: true }],
  }));
  return JSON.stringify({
    route: { receiver: "nobody", routes },
    inhibit_rules: inhibits,
    receivers: [{ name: "nobody" }, ...receivers],
  });
}

const said = (posted: readonly Posted[]): string[] =>
  inOrder(posted.map(({ atS, alerts }) => toldText(Math.round(atS * 100) / 100, alerts)));

/** By half seconds, then by words: what comes at the same time has no order. */
function inOrder(lines: readonly string[]): string[] {
  const half = (line: string): number => Math.round(Number.parseFloat(line) * 2);
  return [...lines].sort((a, b) => half(a) - half(b) || (words(a) < words(b) ? -1 : 1));
}

const words = (line: string): string => line.slice(line.indexOf(":") + 2);

function rowOf({ name, told, alertmanager, theirs }: ToldCase & { theirs: readonly string[] }): string {
  const list = (lines: readonly string[]): string => lines.map((line) => `[${line}]`).join(" ") || "nothing";
  const lines = [name, `  here          ${list(told)}`, `  Alertmanager  ${list(theirs)}`];
  if (alertmanager !== undefined) lines.push(`  because ${alertmanager.because}`);
  return lines.join("\n");
}
