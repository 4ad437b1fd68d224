import { stringProperty } from "./property.js";

/** A prompt that a run used, as its metadata names it. */
export interface PromptVersion {
  name: string;
  version: string | undefined;
}

/**
 * The prompt of a run: `prompt_name` and `prompt_version` in its metadata, or what LangSmith's hub writes there.
 * Undefined without a name: a version alone names nothing.
 */
export function promptVersionOf(metadata: unknown): PromptVersion | undefined {
  const name = stringProperty(metadata, "prompt_name") ?? stringProperty(metadata, "lc_hub_repo");
  if (name === undefined) return undefined;
  const version = stringProperty(metadata, "prompt_version") ?? stringProperty(metadata, "lc_hub_commit_hash");
  return { name, version };
}

/** `name@version`, as request records list it; the name alone without a version. */
export const promptLabel = ({ name, version }: PromptVersion): string =>
  version === undefined ? name : `${name}@${version}`;
