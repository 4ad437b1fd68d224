import type { QueryWindow } from "./query-window.js";

/** Every slot is a question to the source; a long window gets longer slots instead of more. */
const MOST_SLOTS = 120;

/** What people and roll-ups divide time by, seconds: 5, 15, 30 minutes, 1, 2, 6, 12 hours. */
const LENGTHS_S = [300, 900, 1_800, 3_600, 7_200, 21_600, 43_200];

/** Seconds of a slot: `slotS`, or for a window of more than 120 of those a longer one; a whole day above 60 days. */
export function slotLengthS(windowS: number, slotS: number): number {
  const fits = (lengthS: number): boolean => windowS <= lengthS * MOST_SLOTS;
  if (fits(slotS)) return slotS;
  const dayS = 86_400;
  return (
    LENGTHS_S.find((lengthS) => lengthS > slotS && fits(lengthS)) ?? dayS * Math.ceil(windowS / (dayS * MOST_SLOTS))
  );
}

/** The window cut at the whole multiples of `slotS`; the first and the last piece may be shorter. */
export function clockSlots({ fromUs, toUs }: QueryWindow, slotS: number): QueryWindow[] {
  const slotUs = slotS * 1_000_000;
  const slots: QueryWindow[] = [];
  for (let start = fromUs; start < toUs; ) {
    const end = Math.min((Math.floor(start / slotUs) + 1) * slotUs, toUs);
    slots.push({ fromUs: start, toUs: end });
    start = end;
  }
  return slots;
}
