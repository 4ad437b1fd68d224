import { HANDLER_NAME } from "./callback-handler.js";
import { property } from "./property.js";

interface Manager {
  handlers: { name?: string }[];
  copy(): Manager;
  addHandler(handler: object, inherit: boolean): void;
}

interface ManagerClass {
  _configureSync?: (...args: unknown[]) => Manager | undefined;
}

const WRAPPED = Symbol.for("chainwatch.wrapped");

export const isManagerClass = (value: unknown): value is ManagerClass =>
  typeof value === "function" && typeof property(value, "_configureSync") === "function";

/** Whether a run that this copy of core starts now would reach our handler. */
export function reachesHandler(managerClass: ManagerClass): boolean {
  const manager = managerClass._configureSync?.();
  return manager?.handlers.some((handler) => handler.name === HANDLER_NAME) ?? false;
}

/**
 * The second way in, for a copy of core that no longer reads the storage slot: the static method through which every
 * run gets its handlers. What the app passed is copied and added to; replacing it would swallow the app's callbacks.
 */
export function wrapCallbackManager(managerClass: ManagerClass, handler: object): void {
  const original = managerClass._configureSync;
  if (original === undefined || WRAPPED in original) return;
  const wrapped = function (this: ManagerClass, ...args: unknown[]): Manager | undefined {
    const given = original.apply(this, args);
    try {
      // Without any handler core gives no manager and forgets tags and metadata: it is asked again, with ours.
      if (given === undefined) return original.apply(this, [[handler], ...args.slice(1)]);
      if (given.handlers.some(({ name }) => name === HANDLER_NAME)) return given;
      const manager = given.copy();
      manager.addHandler(handler, true);
      return manager;
    } catch {
      return given;
    }
  };
  Object.defineProperty(wrapped, WRAPPED, { value: true });
  // Answers false, and throws nothing, where the app has frozen the class.
  Reflect.set(managerClass, "_configureSync", wrapped);
}
