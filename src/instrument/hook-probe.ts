import { isManagerClass, reachesHandler, wrapCallbackManager } from "./callback-manager-hook.js";
import { callbackManagers } from "./langchain-modules.js";
import { storageShowsHandler } from "./langchain-storage.js";

/** Which way in is live: LangChain's storage slot, the wrapped callback manager, or none. */
export type LiveHook = "storage" | "callback_manager" | "none";

export interface HookReport {
  /** For each copy of @langchain/core that was found. */
  copies: LiveHook[];
  /** What copies get that were not found, such as bundled ones. */
  others: LiveHook;
}

/** Tries every copy of core that is loaded; where the first way in is not live, the second is put in and tried. */
export async function probeHooks(handler: object): Promise<HookReport> {
  const others = storageShowsHandler(handler) ? "storage" : "none";
  const copies: LiveHook[] = [];
  for (const managerClass of await callbackManagers()) {
    if (!isManagerClass(managerClass)) {
      copies.push(others);
      continue;
    }
    if (reachesHandler(managerClass)) {
      copies.push(others === "storage" ? "storage" : "callback_manager");
      continue;
    }
    wrapCallbackManager(managerClass, handler);
    copies.push(reachesHandler(managerClass) ? "callback_manager" : "none");
  }
  return { copies, others };
}
