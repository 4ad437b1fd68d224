import { expect, test } from "vitest";
import { Redaction } from "../../src/instrument/redaction.js";

test("the user's function gets the text and where it goes", () => {
  const redaction = new Redaction(
    (text, where) => `${where}:${text}`,
    () => undefined,
  );
  expect(redaction.filter("gen_ai.input.messages")?.("hi")).toBe("gen_ai.input.messages:hi");
});

test("without a function there is no filter", () => {
  expect(new Redaction(undefined, () => undefined).filter("x")).toBeUndefined();
});

test("a fault hides the text and is counted, once a text", () => {
  const faults: unknown[] = [];
  const broken = new Redaction(
    (text) => {
      if (text === "throws") throw new Error("no");
      return (text === "odd" ? 7 : text) as string;
    },
    (fault) => faults.push(fault),
  );
  const filter = broken.filter("x");
  expect(filter?.("throws")).toBe("[redaction failed]");
  expect(filter?.("odd")).toBe("[redaction failed]");
  expect(filter?.("fine")).toBe("fine");
  expect(faults.map(String)).toEqual(["Error: no", "TypeError: redact returned number for x, expected a string"]);
});
