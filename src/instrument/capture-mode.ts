import { ConfigError } from "./config-error.js";

/** Where prompts, answers, tool arguments and documents may go. */
export interface CaptureMode {
  readonly spans: boolean;
  readonly events: boolean;
}

/** The environment variable that OpenTelemetry's GenAI instrumentations share. */
export const CAPTURE_VARIABLE = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";

const OFF: CaptureMode = { spans: false, events: false };
const MODES: ReadonlyMap<string, CaptureMode> = new Map([
  ["true", { spans: true, events: true }],
  ["span_and_event", { spans: true, events: true }],
  ["span_only", { spans: true, events: false }],
  ["event_only", { spans: false, events: true }],
  ["no_content", OFF],
  ["false", OFF],
]);

/**
 * Reads the `captureMessageContent` option, else the environment variable; neither means off.
 *
 * @param option `true`, `false` or one of the words `span_only`, `span_and_event`, `event_only`, `no_content`.
 * @param variable Value of `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`; empty counts as not set.
 * @throws ConfigError when the value is none of these.
 */
export function captureModeOf(option: boolean | string | undefined, variable: string | undefined): CaptureMode {
  const given = option ?? (variable?.trim() || undefined);
  if (given === undefined) return OFF;
  const mode = MODES.get(String(given).trim().toLowerCase());
  if (mode !== undefined) return mode;
  throw new ConfigError({
    option: "captureMessageContent",
    expected: `one of ${[...MODES.keys()].join(", ")}`,
    found: given,
    ...(option === undefined ? { at: CAPTURE_VARIABLE } : {}),
    cure: "write true to capture prompts and answers, false to leave them out",
  });
}
