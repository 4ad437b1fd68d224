import type { QueryWindow } from "./query-window.js";

/** Every slot is a question to the source; a long window gets longer slots instead of more. */
const MOST_SLOTS = 120;

/** Seconds of a slot: `slotS`, or for a window of more than 120 of those a multiple of it. */
export function slotLengthS(windowS: number, slotS: number): number {
  return slotS * Math.ceil(windowS / (slotS * MOST_SLOTS));
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
