import { computed, signal } from "@preact/signals";

export type Theme = "light" | "dark";

const STORAGE_KEY = "chainwatch.theme";

const dark = matchMedia("(prefers-color-scheme: dark)");
const isSystemDark = signal(dark.matches);
dark.addEventListener("change", () => {
  isSystemDark.value = dark.matches;
});

function stored(): Theme | undefined {
  const value = localStorage.getItem(STORAGE_KEY);
  return value === "light" || value === "dark" ? value : undefined;
}

const chosenTheme = signal(stored());

/** What this reader chose before, else what the system prefers. */
export const theme = computed<Theme>(() => chosenTheme.value ?? (isSystemDark.value ? "dark" : "light"));

export function chooseTheme(choice: Theme): void {
  localStorage.setItem(STORAGE_KEY, choice);
  chosenTheme.value = choice;
}

theme.subscribe((current) => {
  document.documentElement.dataset.theme = current;
});
