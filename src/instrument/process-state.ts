import type { RunListeners } from "./callback-handler.js";
import type { RequestRunner } from "./with-request.js";

/** What Chainwatch keeps for the process, or for a worker thread. */
export interface ProcessState<Handle> {
  handle: Handle | undefined;
  listeners: RunListeners | undefined;
  runner: RequestRunner | undefined;
}

const STATE = Symbol.for("chainwatch.state.1");

/** One state for all copies of this package that are loaded: ES module, CommonJS, two versions. */
export function processState<Handle = unknown>(): ProcessState<Handle> {
  const globals = globalThis as { [STATE]?: ProcessState<Handle> };
  globals[STATE] ??= { handle: undefined, listeners: undefined, runner: undefined };
  return globals[STATE];
}
