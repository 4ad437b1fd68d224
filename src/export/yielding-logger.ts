import type { Logger, LoggerProvider, LogRecord } from "@opentelemetry/api-logs";
import { appProviders } from "./app-providers.js";

/** Emits records with the app's logger provider as soon as there is one, with ours until then. */
export class YieldingLogger implements Logger {
  #provider: LoggerProvider | undefined;
  #logger: Logger | undefined;

  /** @param own Asked for while the app has no provider. */
  constructor(
    private readonly own: () => LoggerProvider,
    private readonly name: string,
  ) {}

  emit(record: LogRecord): void {
    this.#current().emit(record);
  }

  enabled(...query: Parameters<Logger["enabled"]>): boolean {
    return this.#current().enabled(...query);
  }

  #current(): Logger {
    const provider = appProviders().logs ?? this.own();
    if (this.#logger === undefined || provider !== this.#provider) {
      this.#provider = provider;
      this.#logger = provider.getLogger(this.name);
    }
    return this.#logger;
  }
}
