/** Lengths of the slots that rows are summed up in, longest first. Slots begin at multiples of their length, in UTC. */
export const ROLL_UP_LEVELS = [
  { name: "7d", slotUs: 604_800_000_000 },
  { name: "1d", slotUs: 86_400_000_000 },
  { name: "6h", slotUs: 21_600_000_000 },
  { name: "1h", slotUs: 3_600_000_000 },
  { name: "15m", slotUs: 900_000_000 },
  { name: "5m", slotUs: 300_000_000 },
  { name: "1m", slotUs: 60_000_000 },
] as const;

export type RollUpLevel = (typeof ROLL_UP_LEVELS)[number];

/** The slot of a time. Slots are `(start, end]`, as windows are. */
export const slotOf = (timeUs: number, { slotUs }: RollUpLevel): number => Math.ceil(timeUs / slotUs) - 1;
