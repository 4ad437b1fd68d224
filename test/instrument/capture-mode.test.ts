import { expect, test } from "vitest";
import { captureModeOf } from "../../src/instrument/capture-mode.js";
import { ConfigError } from "../../src/instrument/config-error.js";

const both = { spans: true, events: true };
const none = { spans: false, events: false };

test.each([
  [undefined, undefined, none],
  [undefined, "", none],
  [undefined, "  ", none],
  [true, undefined, both],
  [false, "true", none],
  [undefined, "true", both],
  [undefined, "TRUE", both],
  [undefined, "Span_And_Event", both],
  ["span_only", "false", { spans: true, events: false }],
  ["EVENT_ONLY", undefined, { spans: false, events: true }],
  ["no_content", "true", none],
  [undefined, " NO_CONTENT ", none],
])("option %s and variable %j", (option, variable, mode) => {
  expect(captureModeOf(option, variable)).toEqual(mode);
});

test("another word in the option is an error with the cure", () => {
  expect(() => captureModeOf("yes", undefined)).toThrow(ConfigError);
  expect(() => captureModeOf("yes", undefined)).toThrow(
    'chainwatch: option "captureMessageContent": expected one of true, span_and_event, span_only, event_only, ' +
      'no_content, false, found "yes". Cure: write true to capture prompts and answers, false to leave them out.',
  );
  expect(() => captureModeOf("", undefined)).toThrow('found ""');
});

test("another word in the variable is an error that names the variable", () => {
  expect(() => captureModeOf(undefined, "1")).toThrow("(at OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT)");
});
