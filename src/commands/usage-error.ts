import { CommandError } from "./command-error.js";

/** A command line that cannot be run. Nothing was done; the exit code is 2. */
export class UsageError extends CommandError {
  override readonly name = "UsageError";
}
