const STORAGE_KEY = "chainwatch.author";

/** Who reads this page, as they last said when they acknowledged or silenced something; "" before. */
export function rememberedAuthor(): string {
  return localStorage.getItem(STORAGE_KEY) ?? "";
}

export function rememberAuthor(author: string): void {
  localStorage.setItem(STORAGE_KEY, author);
}
