import { z } from "zod";
import { checkedMatcher, MATCH_OPERATORS, MatcherError, matchesAbsence } from "../../alert/alert-matcher.js";
import type { RuleEdits } from "../../alert/rule-text.js";
import type { NewSilence } from "../../alert/silence-list.js";
import { ApiError } from "./api-error.js";

/** One line for people: it is shown on terminals too, so control characters are kept out. */
function line(what: string, longest: number): z.ZodString {
  const error = `${what}: a text of 1 to ${longest} characters without control characters`;
  return z
    .string({ error })
    .min(1, { error })
    .max(longest, { error })
    .regex(/^\P{Cc}*$/u, { error });
}

const TIME_ERROR = "an ISO 8601 time with its offset, such as 2026-01-31T09:30:00Z";
const time = z.iso.datetime({ offset: true, error: TIME_ERROR }).transform((text) => new Date(text).toISOString());

const SILENCE = z.strictObject(
  {
    matchers: z
      .array(
        z.strictObject(
          {
            name: line("the name of a label, or rule, or severity", 200),
            op: z.enum(MATCH_OPERATORS, { error: `one of ${MATCH_OPERATORS.join(" ")}` }),
            value: z.string({ error: "a text" }),
          },
          { error: "a matcher: { name, op, value }" },
        ),
        { error: "a list of matchers" },
      )
      .min(1, { error: "at least one matcher" })
      .max(50, { error: "at most 50 matchers" }),
    author: line("who made it", 200),
    reason: line("why", 1000),
    starts_at: time.optional(),
    ends_at: time,
  },
  { error: "an object with matchers, author, reason, ends_at, and starts_at when it does not begin now" },
);

const ACKNOWLEDGEMENT = z.strictObject(
  { author: line("who takes care of it", 200), comment: line("what is done about it", 1000).optional() },
  { error: "an object with author, and comment if there is one" },
);

/** What a rules file writes in the place of these. */
const ruleText = (what: string) => line(what, 200).optional();

const BACKTEST = z.strictObject(
  {
    from: time,
    to: time.optional(),
    when: ruleText('a condition, such as "> 5s"'),
    resolve_when: ruleText('a condition, such as "< 4s"'),
    for: ruleText("a duration, such as 1m"),
    window: ruleText("a duration, such as 5m"),
  },
  { error: "an object with from, and to, when, resolve_when, for and window where they differ" },
);

/** Of who asks for a week until now, the clock may be a little behind. */
const LONGEST_BACKTEST_MS = 7 * 86_400_000 + 3_600_000;

/**
 * The body of `POST /api/silences`.
 *
 * @param nowMs Unix time in milliseconds
 * @throws {ApiError} 400
 */
export function postedSilence(body: unknown, nowMs: number): NewSilence {
  const { starts_at: start, ...silence } = read(SILENCE, body);
  for (const [index, matcher] of silence.matchers.entries()) {
    try {
      checkedMatcher(matcher);
    } catch (error) {
      if (!(error instanceof MatcherError)) throw error;
      throw refused(`matchers[${index}]`, error.expected.en, error.found);
    }
  }
  if (silence.matchers.every(matchesAbsence)) {
    throw refused("matchers", "at least one that not every alert matches, such as rule=…", "none");
  }
  const endMs = Date.parse(silence.ends_at);
  if (endMs <= nowMs) throw refused("ends_at", "a time to come", JSON.stringify(silence.ends_at));
  if (start !== undefined && Date.parse(start) >= endMs) {
    throw refused("ends_at", "a time after starts_at", JSON.stringify(silence.ends_at));
  }
  return start === undefined ? silence : { ...silence, starts_at: start };
}

/**
 * The body of `POST /api/alerts/:id/ack`.
 *
 * @throws {ApiError} 400
 */
export function postedAcknowledgement(body: unknown): { author: string; comment?: string } {
  const { author, comment } = read(ACKNOWLEDGEMENT, body);
  return comment === undefined ? { author } : { author, comment };
}

/** Which time to try, and what to try otherwise than the rule says. Unix times in milliseconds. */
export interface PostedBacktest {
  fromMs: number;
  toMs: number;
  edits: RuleEdits;
}

/**
 * The body of `POST /api/rules/:id/backtest`.
 *
 * @param nowMs Unix time in milliseconds
 * @throws {ApiError} 400
 */
export function postedBacktest(body: unknown, nowMs: number): PostedBacktest {
  const { from, to, ...given } = read(BACKTEST, body);
  const fromMs = Date.parse(from);
  const toMs = to === undefined ? nowMs : Date.parse(to);
  if (toMs > nowMs) throw refused("to", "a time that is over", JSON.stringify(to));
  if (fromMs >= toMs) throw refused("from", "a time before to", JSON.stringify(from));
  if (toMs - fromMs > LONGEST_BACKTEST_MS) throw refused("from", "at most 7 days before to", JSON.stringify(from));
  const edits = Object.fromEntries(Object.entries(given).filter(([, text]) => text !== undefined));
  return { fromMs, toMs, edits };
}

function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  const where = path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
  if (issue?.code === "unrecognized_keys") {
    throw refused(
      where || "the body",
      issue.message,
      `also ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`,
    );
  }
  throw refused(where || "the body", issue?.message ?? "something else", foundAt(body, path));
}

function foundAt(body: unknown, path: readonly PropertyKey[]): string {
  let found = body;
  for (const key of path) found = (found as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return found === undefined ? "nothing" : JSON.stringify(found).slice(0, 80);
}

function refused(where: string, expected: string, found: string): ApiError {
  return new ApiError(400, `${where}: expected ${expected}, found ${found}`, { expected, found });
}
