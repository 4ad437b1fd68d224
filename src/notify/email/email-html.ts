import type { Language } from "../../indicators/language.js";
import type { Message, MessageLine } from "../message/message.js";

const COLOURS = { critical: "#b3261e", error: "#b3261e", warning: "#8a5a00", resolved: "#1b6e3c" } as const;

/** The colours of dark mode are those that mail programs leave alone; the others they turn around by themselves. */
const STYLE = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
body { margin: 0; padding: 16px; background: #f4f5f7; color: #1c1e21; font: 16px/1.5 system-ui, sans-serif; }
.card { max-width: 600px; margin: 0 auto; padding: 16px 20px; background: #ffffff; border-radius: 8px; }
h1 { margin: 0 0 12px; font-size: 19px; line-height: 1.35; }
p { margin: 0 0 10px; }
.label { display: block; color: #5f6368; font-size: 13px; }
a { color: #1a5fb4; }
@media (prefers-color-scheme: dark) {
  body { background: #17181a; color: #e6e7e9; }
  .card { background: #222427; }
  .label { color: #a3a7ad; }
  a { color: #8ab4f8; }
}`;

/** The message as a page that fits a phone, in light and dark; without images and without anything from elsewhere. */
export function emailHtml(message: Message, language: Language): string {
  const { title, icon, status, severity, lines, others } = message;
  const colour = COLOURS[status === "resolved" ? "resolved" : severity];
  return `<!doctype html>
<html lang="${language === "zh" ? "zh-CN" : "en"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<div class="card" style="border-top: 4px solid ${colour}; overflow-wrap: anywhere;">
<h1>${icon} ${escaped(title)}</h1>
${[...lines.map(lineHtml), ...(others.length > 0 ? ["<hr>"] : []), ...others.map((other) => `<p>${escaped(other)}</p>`)].join("\n")}
</div>
</body>
</html>
`;
}

function lineHtml({ label, text, url }: MessageLine): string {
  const shown = url === undefined ? escaped(text) : `<a href="${escaped(url)}">${escaped(text)}</a>`;
  return `<p>${label === "" ? "" : `<span class="label">${escaped(label)}</span>`}${shown}</p>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
