import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import type { AlertTransition } from "../../src/alert/alert-view.js";
import { SqliteAlertJournal } from "../../src/alert/sqlite-alert-journal.js";
import { CliProcess, emptyFolder, removeFolder } from "../cli/cli-process.js";
import { type Answered, FlippingBackend, isBad } from "./parts/flipping-backend.js";
import { until } from "./parts/until.js";

/** `CHAINWATCH_EVALUATOR_KILLS=200` for a longer run. */
const KILLS = Number(process.env.CHAINWATCH_EVALUATOR_KILLS ?? 50);
/** Of the kills; the others come after the first question, which follows the start at once, and then every second. */
const WHILE_STARTING = 0.15;
const LONGEST_START_MS = 500;
const LONGEST_WORK_MS = 1200;
/** Of one kill with its start, on a machine that does other things as well. */
const PATIENCE_MS = 5000;
const BEGAN_S = Date.now() / 1000;
const HALF_AN_HOUR_S = 1800;
const EXPRESSIONS = ["flip_a", "flip_b", "flip_c", "flip_d"];

const folder = emptyFolder();
const dataDir = join(folder, ".chainwatch/data");
const backend = new FlippingBackend();
let evaluator: CliProcess | undefined;

afterAll(async () => {
  await evaluator?.kill();
  backend.close();
  removeFolder(folder);
});

test(
  `${KILLS} kills of the evaluator lose and double no transition, and every start finds a sound journal`,
  async () => {
    const url = await backend.start();
    writeFileSync(join(folder, "rules.yaml"), rulesFile());
    const start = (): CliProcess => {
      backend.life += 1;
      const args = ["rules", "run", "--source", `prometheus=${url}`, "--config", "rules.yaml", "--port", "0"];
      return new CliProcess(args, { cwd: folder });
    };
    for (let kill = 1; kill <= KILLS; kill += 1) {
      evaluator = start();
      if (Math.random() < WHILE_STARTING) await delay(Math.random() * LONGEST_START_MS);
      else {
        await backend.nextQuestion();
        await delay(Math.random() * LONGEST_WORK_MS);
      }
      await evaluator.kill();
      expect(evaluator.stderr).toBe("");
    }
    evaluator = start();
    await until("two evaluations of the last process", () => lifeOf(backend.life, "flip_a").length >= 2);
    await evaluator.kill();

    const journal = await SqliteAlertJournal.open(dataDir);
    const transitions = (await journal.historyPage({ limit: 1_000_000 })).transitions.reverse();
    const instances = await journal.instances();
    await journal.close();
    expect(readdirSync(dataDir).filter((name) => name.includes("damaged"))).toEqual([]);
    expect(new Set(transitions.map(({ id }) => id)).size).toBe(transitions.length);

    const certain = EXPRESSIONS.flatMap(certainAnswers);
    for (const expr of EXPRESSIONS) {
      for (const id of [expr, `${expr}_for`]) {
        const own = transitions.filter(({ rule }) => rule === id);
        expectChain(own);
        const [instance] = instances.filter(({ rule }) => rule === id);
        const last = own.at(-1);
        // The state goes with the newest transition: both were committed together.
        expect(instance?.entered?.id).toBe(last?.to === "pending" || last?.to === "firing" ? last.id : undefined);
      }
      const own = transitions.filter(({ rule }) => rule === expr);
      for (const { at, to } of own) expect([at, to === "firing"]).toEqual([at, isBad(expr, Date.parse(at) / 1000)]);
      for (const { atS } of certainAnswers(expr)) {
        const state = own.findLast(({ at }) => Date.parse(at) <= atS * 1000)?.to ?? "inactive";
        expect([expr, atS, state === "firing"]).toEqual([expr, atS, isBad(expr, atS)]);
      }
      // However often it was killed in between, nothing fires before its time.
      for (const { at, since, to } of transitions.filter(({ rule }) => rule === `${expr}_for`)) {
        if (to !== "firing") continue;
        expect([at, isBad(expr, Date.parse(at) / 1000)]).toEqual([at, true]);
        expect(Date.parse(at) - Date.parse(since)).toBeGreaterThanOrEqual(2000);
      }
    }
    expect(certain.length).toBeGreaterThan(KILLS);
    expect(transitions.length).toBeGreaterThan(KILLS);
    const lives = new Set(backend.answered.map(({ life }) => life)).size;
    console.log(
      `${KILLS} kills, ${lives} of ${KILLS + 1} lives came to ask, ${backend.answered.length} answers, ` +
        `${certain.length} of them surely recorded, ${transitions.length} transitions`,
    );
  },
  (KILLS + 20) * PATIENCE_MS,
);

function rulesFile(): string {
  const rules = EXPRESSIONS.flatMap((expr) => [
    `  - { id: ${expr}, expr: ${expr}, when: "> 5", interval: 1s }`,
    `  - { id: ${expr}_for, expr: ${expr}, when: "> 5", interval: 1s, for: 2s }`,
  ]);
  return `defaults: { interval: 1d, window: 1d }\nrules:\n${rules.join("\n")}\n`;
}

/** A firing alert also asks what its figure was an hour before: that is no evaluation. */
function lifeOf(life: number, expr: string): Answered[] {
  return backend.answered.filter(
    (answer) => answer.life === life && answer.expr === expr && answer.atS > BEGAN_S - HALF_AN_HOUR_S,
  );
}

/** A process asks a question again only when it has recorded what the answer before did. */
function certainAnswers(expr: string): Answered[] {
  return Array.from({ length: backend.life }, (_, life) => lifeOf(life + 1, expr).slice(0, -1)).flat();
}

/** Each transition begins where the one before ended. */
function expectChain(transitions: readonly AlertTransition[]): void {
  for (const [index, { from, previous_id: previousId }] of transitions.entries()) {
    const before = transitions[index - 1];
    const ended = before === undefined || before.to === "resolved" || before.to === "inactive";
    expect([from, previousId]).toEqual(ended ? ["inactive", undefined] : [before.to, before.id]);
  }
}
