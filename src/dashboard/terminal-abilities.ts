type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether the terminal takes UTF-8, by the locale that POSIX would use. Where no locale is set it is taken for UTF-8,
 * as in containers; the console of Linux itself has no font for bars and Chinese.
 */
export function takesUtf8(env: Environment): boolean {
  if (env.TERM === "linux") return false;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return !locale || /utf-?8/i.test(locale);
}

/** https://no-color.org */
export function takesColor(out: { readonly isTTY?: boolean }, env: Environment): boolean {
  return out.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
}
