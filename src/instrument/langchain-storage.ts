import { AsyncLocalStorage } from "node:async_hooks";

/** Where every copy of @langchain/core and of langsmith keeps its storage, and reads it again on every call. */
const STORAGE_SLOT = Symbol.for("ls:tracing_async_local_storage");
/** Where a store keeps LangChain's context variables. */
const CONTEXT_VARIABLES = Symbol.for("lc:context_variables");
const CHILD_CONFIG = Symbol.for("lc:child_config");
/** Core keeps its configure hooks under a symbol of its own in each copy; only the description is the same. */
const CONFIGURE_HOOKS_DESCRIPTION = "lc:configure_hooks";
const HANDLER_VARIABLE = "chainwatch.handler";
const SHOWN = Symbol.for("chainwatch.shown");

type Store = { [CONTEXT_VARIABLES]?: object; extra?: Record<symbol, unknown> };

const CONFIGURE_HOOK = Object.freeze({ contextVar: HANDLER_VARIABLE, inheritable: true });

interface StorageGlobal {
  [STORAGE_SLOT]?: AsyncLocalStorage<unknown>;
}

export interface LangChainStorageOptions {
  /** The callback handler to show to every copy of core. */
  handler: object;
  /** Runs `fn` in the context of the run with this id, or just runs it when the id is unknown. */
  runInside: <T>(runId: string, fn: () => T) => T;
}

/**
 * Stands in LangChain's storage slot, delegates to the storage that was there, and shows one more configure hook and
 * one more context variable, our handler, to whoever reads them. Nothing of core is imported or patched, so it works
 * for ES modules, CommonJS, bundles and several versions of core in one process, loaded before or after.
 *
 * ```
 * core: getStore()[lc:context_variables][lc:configure_hooks] → [...the app's hooks, ours]
 * core: getStore()[lc:context_variables]["chainwatch.handler"] → our handler
 * ```
 */
export class LangChainStorage extends AsyncLocalStorage<unknown> {
  readonly #inner: AsyncLocalStorage<unknown>;
  readonly #options: LangChainStorageOptions;
  readonly #bareStore: Store;

  constructor(inner: AsyncLocalStorage<unknown>, options: LangChainStorageOptions) {
    super();
    this.#inner = inner;
    this.#options = options;
    this.#bareStore = { [CONTEXT_VARIABLES]: this.#show({}) };
  }

  override getStore(): unknown {
    const store = this.#inner.getStore();
    if (store === undefined || store === null) return this.#bareStore;
    if (typeof store !== "object") return store;
    const variables = (store as Store)[CONTEXT_VARIABLES];
    if (variables !== undefined && SHOWN in variables) return store;
    try {
      // Not enumerable: copies of a run tree made by spreading it keep what they had.
      Object.defineProperty(store, CONTEXT_VARIABLES, {
        value: this.#show(variables ?? {}),
        enumerable: variables !== undefined,
        configurable: true,
        writable: true,
      });
    } catch {
      // A frozen store: runs started in it are missed, the app is not harmed.
    }
    return store;
  }

  override run<R>(store: unknown, callback: () => R): R;
  override run<R, TArgs extends unknown[]>(store: unknown, callback: (...args: TArgs) => R, ...args: TArgs): R;
  override run<R, TArgs extends unknown[]>(store: unknown, callback: (...args: TArgs) => R, ...args: TArgs): R {
    const runId = parentRunIdOf(store);
    if (runId === undefined) return this.#inner.run(store, callback, ...args);
    return this.#options.runInside(runId, () => this.#inner.run(store, callback, ...args));
  }

  override enterWith(store: unknown): void {
    this.#inner.enterWith(store);
  }

  override exit<R, TArgs extends unknown[]>(callback: (...args: TArgs) => R, ...args: TArgs): R {
    return this.#inner.exit(callback, ...args);
  }

  override disable(): void {
    this.#inner.disable();
  }

  /** The storage that was in the slot before. */
  get inner(): AsyncLocalStorage<unknown> {
    return this.#inner;
  }

  #show(variables: object): object {
    const { handler } = this.#options;
    return new Proxy(variables, {
      get(target, key, receiver) {
        if (key === HANDLER_VARIABLE) return handler;
        const value: unknown = Reflect.get(target, key, receiver);
        if (typeof key !== "symbol" || key.description !== CONFIGURE_HOOKS_DESCRIPTION) return value;
        const hooks: readonly unknown[] = Array.isArray(value) ? value : [];
        return hooks.includes(CONFIGURE_HOOK) ? hooks : [...hooks, CONFIGURE_HOOK];
      },
      has: (target, key) => key === SHOWN || key === HANDLER_VARIABLE || Reflect.has(target, key),
    });
  }
}

/** The id of the run that LangChain is about to work inside, when the store carries a child configuration. */
function parentRunIdOf(store: unknown): string | undefined {
  if (typeof store !== "object" || store === null) return undefined;
  try {
    const config = (store as Store).extra?.[CHILD_CONFIG] as
      | { callbacks?: { getParentRunId?: () => unknown } }
      | undefined;
    const runId = config?.callbacks?.getParentRunId?.();
    return typeof runId === "string" ? runId : undefined;
  } catch {
    return undefined;
  }
}

/** Puts our storage into the slot, once, and returns the one that is there now. */
export function installLangChainStorage(options: LangChainStorageOptions): LangChainStorage {
  const slot = globalThis as StorageGlobal;
  const current = slot[STORAGE_SLOT];
  if (current instanceof LangChainStorage) return current;
  const storage = new LangChainStorage(current ?? new AsyncLocalStorage(), options);
  slot[STORAGE_SLOT] = storage;
  return storage;
}

/** Takes our storage out of the slot again, if it is still the one that is there. */
export function removeLangChainStorage(storage: LangChainStorage): void {
  const slot = globalThis as StorageGlobal;
  if (slot[STORAGE_SLOT] === storage) slot[STORAGE_SLOT] = storage.inner;
}

/** Whether a copy of core that reads the slot now would find our handler: the protocol of core, followed by us. */
export function storageShowsHandler(handler: object): boolean {
  const store = (globalThis as StorageGlobal)[STORAGE_SLOT]?.getStore() as Store | undefined;
  const variables = store?.[CONTEXT_VARIABLES] as Record<string | symbol, unknown> | undefined;
  const hooks = variables?.[Symbol(CONFIGURE_HOOKS_DESCRIPTION)];
  return Array.isArray(hooks) && hooks.includes(CONFIGURE_HOOK) && variables?.[HANDLER_VARIABLE] === handler;
}
