import { setTimeout as delay } from "node:timers/promises";

/**
 * Asks again and again until there is an answer; what `ask` throws counts as none.
 *
 * @throws {Error} when there is none within the time, with what the last try said
 */
export async function until<Answer>(
  what: string,
  ask: () => Answer | undefined | false | Promise<Answer | undefined | false>,
  timeoutMs = 60_000,
): Promise<Answer> {
  const end = Date.now() + timeoutMs;
  let last: unknown = "no answer";
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      last = "not yet";
    } catch (error) {
      last = error;
    }
    await delay(100);
  }
  throw new Error(`waited ${timeoutMs / 1000} s for ${what}; the last try said: ${last}`, { cause: last });
}
