import { z } from "zod";
import type { AlertTransition } from "../../alert/alert-view.js";
import { renderTemplate, templateMistakes } from "../../alert/annotation-template.js";
import type { Language } from "../../indicators/language.js";
import type { MessageLine } from "./message.js";

const ownText = (what: string, description: string) =>
  z.string({ error: what }).min(1, { error: what }).optional().meta({ description });

/** A receiver's own words in the place of ours, with the placeholders of annotations: `{{ value }}`, … */
export const MESSAGE_TEMPLATE = z.strictObject(
  {
    title: ownText('a title, such as "{{ rule.name }} is {{ state }}"', "In the place of the message's title."),
    text: ownText(
      'a text, such as "{{ value }} against {{ threshold }}"',
      "In the place of what is said about the first alert, before the links; it may have several lines.",
    ),
  },
  { error: "a map with title and text" },
);

export type MessageTemplate = z.output<typeof MESSAGE_TEMPLATE>;

/** A template with the figures of an alert; parts that the template lacks, or that are wrong, are absent. */
export interface FilledTemplate {
  title?: string;
  /** Its lines. */
  text?: string[];
  /** What is wrong with the template, for the message: people would miss it in a log. */
  mistakes: MessageLine[];
}

/** Fills each part that is right; a wrong part leaves ours in its place and is named. */
export function fillTemplate(template: MessageTemplate, alert: AlertTransition, language: Language): FilledTemplate {
  const filled: FilledTemplate = { mistakes: [] };
  for (const part of ["title", "text"] as const) {
    const own = template[part];
    if (own === undefined) continue;
    const [mistake] = templateMistakes(own, undefined);
    if (mistake !== undefined) {
      const text = `template.${part}: ${mistake.message}`;
      filled.mistakes.push({ label: language === "en" ? "Template not used" : "模板未生效", text });
      continue;
    }
    const text = renderTemplate(own, alert, language);
    if (part === "title") filled.title = text;
    else filled.text = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  }
  return filled;
}
