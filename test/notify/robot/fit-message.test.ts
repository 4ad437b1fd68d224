import { expect, test } from "vitest";
import type { Message } from "../../../src/notify/message/message.js";
import { fitMessage } from "../../../src/notify/robot/fit-message.js";

const messageOf = (parts: Partial<Message> = {}): Message => ({
  title: "CRITICAL: Slow",
  icon: "🚨",
  status: "firing",
  severity: "critical",
  lines: [
    { label: "Value", text: "12 s" },
    { label: "Page", text: "alerts", url: "https://chainwatch.example/alerts" },
  ],
  others: ["one", "two", "three"],
  ...parts,
});

const sizeOf = (message: Message): number => JSON.stringify(message).length;

const within = (limit: number) => (message: Message) => sizeOf(message) <= limit;

test("what fits is left as it is", () => {
  const message = messageOf();
  expect(fitMessage(message, "en", within(sizeOf(message)))).toEqual(message);
});

test("further alerts go from the end, and it is said that there are more", () => {
  const others = Array.from({ length: 20 }, (_, index) => `alert ${index} `.padEnd(100, "x"));
  const fitting = fitMessage(messageOf({ others }), "en", within(1_000));
  expect(fitting.others.length).toBeGreaterThan(2);
  expect(fitting.others.slice(0, -1)).toEqual(others.slice(0, fitting.others.length - 1));
  expect(fitting.others.at(-1)).toBe("and more, for which there was no room");
  expect(fitting.lines).toEqual(messageOf().lines);
  const oneMore = { ...fitting, others: [...fitting.others, others[0] ?? ""] };
  expect(sizeOf(oneMore)).toBeGreaterThan(1_000);
});

test("long texts are cut at a character, and links are kept", () => {
  const lines = [{ label: "Where", text: "👍".repeat(2_000), url: "https://chainwatch.example/a" }];
  const [line] = fitMessage(messageOf({ lines }), "zh", within(600)).lines;
  expect(line?.text).toMatch(/^(👍)+…$/u);
  expect(line?.url).toBe("https://chainwatch.example/a");
});

test("half of a character from elsewhere becomes a replacement", () => {
  const lines = [{ label: "Where", text: "a\ud83db" }];
  expect(fitMessage(messageOf({ lines }), "en", () => true).lines[0]?.text).toBe("a�b");
});

test("links go when texts alone would fit", () => {
  const lines = [{ label: "Trace", text: "3f9c", url: `https://chainwatch.example/${"a".repeat(2_000)}` }];
  expect(fitMessage(messageOf({ lines }), "en", within(400)).lines).toEqual([{ label: "Trace", text: "3f9c" }]);
});

test("lines go from the end when nothing else helps", () => {
  const lines = Array.from({ length: 500 }, (_, index) => ({ label: "", text: `line ${index}` }));
  const fitting = fitMessage(messageOf({ lines }), "en", within(400));
  expect(fitting.lines.length).toBeGreaterThan(3);
  expect(fitting.lines).toEqual(lines.slice(0, fitting.lines.length));
  expect(fitting.others).toEqual([]);
});
