import { type ContextManager, context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { appProviders } from "./app-providers.js";

/**
 * Registers a context manager when the app has none, so that spans nest. Unlike a tracer provider it only works in the
 * global place, so it leaves that place when the app comes with its own: the API would call that a duplicate and refuse
 * it. What was active in ours is not active in the app's; runs that are open then still nest, by their run ids.
 *
 * Another copy of `@opentelemetry/api` (bundled into the app) has a `context` of its own, out of reach from here: its
 * registration is refused, and the app goes on with our context manager, which is OpenTelemetry's standard one.
 *
 * @returns takes ours out again, if it is still there.
 */
export function registerContextManager(): () => void {
  if (appProviders().context !== undefined) return () => undefined;
  const ours = new AsyncLocalStorageContextManager().enable();
  if (!context.setGlobalContextManager(ours)) return () => undefined;
  const leave = (): void => {
    Reflect.deleteProperty(context, "setGlobalContextManager");
    if (appProviders().context === ours) context.disable();
  };
  Object.defineProperty(context, "setGlobalContextManager", {
    configurable: true,
    value: (manager: ContextManager): boolean => {
      leave();
      return context.setGlobalContextManager(manager);
    },
  });
  return leave;
}
