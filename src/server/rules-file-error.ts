/** The rules file has mistakes: one a line, each with its place and what was expected. */
export class RulesFileError extends Error {
  override readonly name = "RulesFileError";

  constructor(readonly mistakes: readonly string[]) {
    super(`the rules file has mistakes; mend them\n${mistakes.join("\n")}`);
  }
}
