/** An address that can stand between the brackets of a link in Markdown; undefined when it is none. */
export function linkTarget(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { protocol, href } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:") return undefined;
  return href.replace(/[()*~'\\`|]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
