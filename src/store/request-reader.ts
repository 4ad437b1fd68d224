import { cutWindows, piecesIn, readingPlan } from "./reading-plan.js";
import { labelsOf } from "./request-labels.js";
import type { RequestRecord } from "./request-record.js";
import type { RequestRollUps, SlotRange } from "./request-roll-ups.js";
import { REACH_BEFORE_END_US, type RequestTable } from "./request-table.js";
import { type RequestTotals, TotalsSum } from "./request-totals.js";
import type { RollUpHorizons } from "./roll-up-horizons.js";
import type { ActiveUsers, RequestTotalsQuery, TimeWindow } from "./telemetry-store.js";

const HOUR_US = 3_600_000_000;

/** What a piece of the windows adds up to. */
interface Sums<Total> {
  addSlots(ranges: readonly SlotRange[]): void;
  addRecord(record: RequestRecord): void;
  addTo(whole: this): void;
  list(): Total[];
}

/** Answers windows of request records' ends from roll-ups, and from the records at the edges. */
export class RequestReader {
  constructor(
    private readonly requests: RequestTable,
    private readonly rollUps: RequestRollUps,
    private readonly horizons: RollUpHorizons,
  ) {}

  /**
   * Since when every record is there that ended then, Unix time in microseconds; 0 when none was dropped yet. They
   * lie in the tables of the day on which they began, and the first that ended in a window began before it.
   */
  since(): number {
    const sinceUs = this.horizons.rowsSince();
    return sinceUs === 0 ? 0 : Math.ceil((sinceUs + REACH_BEFORE_END_US) / HOUR_US) * HOUR_US;
  }

  /** For each window, the totals of each group and outcome. */
  totals(query: RequestTotalsQuery): RequestTotals[][] {
    return this.#read(query, () => new Totals(query, this.rollUps));
  }

  /** For each window, the different users of each group. */
  users(query: RequestTotalsQuery): ActiveUsers[][] {
    return this.#read(query, () => new Users(query, this.rollUps));
  }

  #read<Total, S extends Sums<Total>>({ windows, where }: RequestTotalsQuery, empty: () => S): Total[][] {
    const kept = { rows: this.since(), levels: this.horizons.levels("requests") };
    const pieces = cutWindows(windows).map((piece) => {
      const sums = empty();
      const ranges: SlotRange[] = [];
      for (const { from, ...part } of readingPlan(piece, kept)) {
        if (from !== "rows") ranges.push({ level: from, ...part });
        else for (const record of this.#ended(part, where)) sums.addRecord(record);
      }
      if (ranges.length > 0) sums.addSlots(ranges);
      return { ...piece, sums };
    });
    return windows.map((window) => {
      const inside = piecesIn(window, pieces);
      if (inside.length === 1) return inside[0]?.sums.list() ?? [];
      const whole = empty();
      for (const { sums } of inside) sums.addTo(whole);
      return whole.list();
    });
  }

  #ended(ended: TimeWindow, where: RequestTotalsQuery["where"]): Iterable<RequestRecord> {
    return this.requests.each({ ...where, ended });
  }
}

class Totals implements Sums<RequestTotals> {
  readonly #sum: TotalsSum;

  constructor(
    private readonly query: RequestTotalsQuery,
    private readonly rollUps: RequestRollUps,
  ) {
    this.#sum = new TotalsSum(query.by, query.numbers);
  }

  addSlots(ranges: readonly SlotRange[]): void {
    for (const total of this.rollUps.totals(this.query, ranges)) this.#sum.add(total);
  }

  addRecord(record: RequestRecord): void {
    this.#sum.addRecord(record);
  }

  addTo(whole: Totals): void {
    for (const total of this.#sum.list()) whole.#sum.add(total);
  }

  list(): RequestTotals[] {
    return this.#sum.list();
  }
}

class Users implements Sums<ActiveUsers> {
  readonly #groups = new Map<string, { labels: ActiveUsers["labels"]; users: Set<string>; requests: number }>();

  constructor(
    private readonly query: RequestTotalsQuery,
    private readonly rollUps: RequestRollUps,
  ) {}

  addSlots(ranges: readonly SlotRange[]): void {
    for (const { labels, users, requests } of this.rollUps.users(this.query, ranges)) {
      this.#add(labels, users, requests);
    }
  }

  addRecord(record: RequestRecord): void {
    if (record.user_id !== undefined) this.#add(labelsOf(record, this.query.by), [record.user_id], 1);
  }

  addTo(whole: Users): void {
    for (const { labels, users, requests } of this.#groups.values()) whole.#add(labels, users, requests);
  }

  list(): ActiveUsers[] {
    return [...this.#groups.values()].map(({ labels, users, requests }) => ({ labels, users: users.size, requests }));
  }

  #add(labels: ActiveUsers["labels"], users: Iterable<string>, requests: number): void {
    const key = JSON.stringify(this.query.by.map((dimension) => labels[dimension] ?? null));
    const group = this.#groups.get(key) ?? { labels, users: new Set(), requests: 0 };
    this.#groups.set(key, group);
    group.requests += requests;
    for (const user of users) group.users.add(user);
  }
}
