import { type Context, type ContextManager, context } from "@opentelemetry/api";

/** Parts of a context manager that OpenTelemetry's public interface lacks; each may be missing. */
interface EnterableContextManager extends ContextManager {
  /** OTel JS ≥ 2.12, experimental. */
  attach?: (context: Context) => unknown;
  /** How the Node context manager of every OTel JS line keeps its context. */
  _asyncLocalStorage?: { enterWith?: (context: Context) => void };
}

function registeredManager(): EnterableContextManager | undefined {
  const api = context as unknown as { _getContextManager?: () => EnterableContextManager };
  return api._getContextManager?.();
}

/**
 * Makes a context active for the rest of the current asynchronous flow. LangChain calls a handler and only then, in
 * the same flow, the provider: there is no function of ours to wrap, so `context.with()` cannot do it.
 *
 * @returns false when the app's context manager has no such entry; traces stay right, but HTTP spans of the provider
 * then do not nest under the model span.
 */
export function enterContext(next: Context): boolean {
  const manager = registeredManager();
  if (manager === undefined) return false;
  if (typeof manager._asyncLocalStorage?.enterWith === "function") {
    manager._asyncLocalStorage.enterWith(next);
    return true;
  }
  if (typeof manager.attach === "function") {
    manager.attach(next);
    return true;
  }
  return false;
}
