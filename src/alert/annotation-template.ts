import type { Language } from "../indicators/language.js";
import { nearestName } from "../instrument/nearest-name.js";
import type { AlertTransition } from "./alert-view.js";
import type { Rule } from "./rule.js";
import { watchedFigure } from "./watched.js";

/** Everything between the braces, so that a mistyped placeholder is seen too. */
const PLACEHOLDER = /\{\{(.*?)\}\}/gs;

const LABEL = /^labels\.([A-Za-z_]\w*)$/;

/** What a figure or label is shown as when there is none. */
const NONE = "–";

type Fact = (transition: AlertTransition, language: Language) => string | undefined;

const FACTS: Readonly<Record<string, Fact>> = {
  value: (of, language) => (of.value === undefined ? undefined : watchedFigure(of, of.value, language)),
  threshold: (of, language) => (of.threshold === undefined ? undefined : watchedFigure(of, of.threshold, language)),
  state: ({ to }) => to,
  since: ({ since }) => since,
  "rule.id": ({ rule }) => rule,
  "rule.name": ({ name }, language) => name[language],
  "rule.severity": ({ severity }) => severity,
};

/** The rule's annotations with the figures of a transition in the place of their placeholders: `renderTemplate`. */
export function renderAnnotations(rule: Rule, transition: AlertTransition): Record<string, string> {
  return Object.fromEntries(
    Object.entries(rule.annotations).map(([name, template]) => [name, renderTemplate(template, transition, "en")]),
  );
}

/**
 * A text with the figures of a transition in the place of `{{ value }}`, `{{ threshold }}`, `{{ state }}`,
 * `{{ since }}`, `{{ rule.id }}`, `{{ rule.name }}`, `{{ rule.severity }}` and `{{ labels.model }}`. It is plain text:
 * whoever puts it into a page or a terminal escapes it there.
 */
export function renderTemplate(template: string, transition: AlertTransition, language: Language): string {
  const labels = labelsOf(transition);
  return replacePlaceholders(
    template,
    (placeholder, label) =>
      (label === undefined ? FACTS[placeholder]?.(transition, language) : labels.get(label)) ?? NONE,
  );
}

/** @param textFor gets what stands between the braces, and of `labels.model` the label */
export function replacePlaceholders(
  template: string,
  textFor: (placeholder: string, label: string | undefined) => string,
): string {
  return template.replace(PLACEHOLDER, (_, inner: string) => {
    const placeholder = inner.trim();
    return textFor(placeholder, LABEL.exec(placeholder)?.[1]);
  });
}

/** The alert's own labels come first, then what the rule is narrowed to, then what the rule says of itself. */
function labelsOf({ rule_labels = {}, where = {}, labels }: AlertTransition): Map<string, string> {
  return new Map([...Object.entries(rule_labels), ...Object.entries(where), ...Object.entries(labels)]);
}

/**
 * What is wrong with a template, and where in it.
 *
 * @param labels names that the rule's alerts have; undefined: any may be there
 */
export function templateMistakes(
  template: string,
  labels: readonly string[] | undefined,
): { offset: number; message: string }[] {
  const mistakes: { offset: number; message: string }[] = [];
  for (const { 0: found, 1: inner = "", index: offset } of template.matchAll(PLACEHOLDER)) {
    const placeholder = inner.trim();
    const label = LABEL.exec(placeholder)?.[1];
    if (Object.hasOwn(FACTS, placeholder)) continue;
    if (label !== undefined && (labels === undefined || labels.includes(label))) continue;
    const known = [...Object.keys(FACTS), ...(labels ?? []).map((name) => `labels.${name}`)];
    // Prometheus writes $value and $labels.model.
    const near = nearestName(placeholder.replace(/^[$.]/, ""), known);
    const cure = near === undefined ? `; known: ${known.join(", ")}` : `; did you mean {{ ${near} }}?`;
    mistakes.push({ offset, message: `expected a placeholder of this rule's alerts, found ${found}${cure}` });
  }
  const open = template.replace(PLACEHOLDER, (whole) => " ".repeat(whole.length)).search(/\{\{|\}\}/);
  if (open >= 0) {
    mistakes.push({ offset: open, message: "expected {{ and }} in pairs, found one alone" });
  }
  return mistakes;
}

/** The template with a stand-in for every placeholder. */
export function withoutPlaceholders(template: string): string {
  return template.replace(PLACEHOLDER, "x");
}
