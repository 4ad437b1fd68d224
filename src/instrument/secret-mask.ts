const SECRETS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // scheme://user:password@host
  [/([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@:]{0,200}:[^\s/@]{1,200}@/gi, "$1[masked]@"],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, "$1 [masked]"],
  // Keys with a known beginning. Providers echo them shortened by asterisks: sk-ab***yz.
  [/\b(?:sk|pk|rk|gsk|xai|pplx|hf|ghp|gho|ghs|github_pat|lsv2|xox[abprs]|tvly|r8|nvapi)[-_][\w*-]{6,}/g, "[masked]"],
  [/\b(?:AKIA|ASIA|AIza)[\w-]{12,}/g, "[masked]"],
  // JSON Web Tokens.
  [/\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/g, "[masked]"],
  [
    /\b((?:x[-_])?api[-_]?key|access[-_]?token|auth[-_]?token|client[-_]?secret|password|passwd|secret)(["']?\s*[:=]\s*["']?)[^\s"',;&}]{3,}/gi,
    "$1$2[masked]",
  ],
];

/** Replaces what looks like a key, a token or a password by `[masked]`. */
export function maskSecrets(text: string): string {
  let masked = text;
  for (const [pattern, replacement] of SECRETS) masked = masked.replace(pattern, replacement);
  return masked;
}
