import { effect } from "@preact/signals";
import { theme } from "../theme.js";

/** Each is asked of the browser once a theme: it works out the whole page's style for that. */
const known = new Map<string, string>();

effect(() => {
  theme.value;
  known.clear();
});

/** The value that a variable of the style sheet has in this theme: what it holds may itself depend on the theme. */
export function themeColor(name: `--${string}`): string {
  const found = known.get(name);
  if (found !== undefined) return found;
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  known.set(name, color);
  return color;
}
