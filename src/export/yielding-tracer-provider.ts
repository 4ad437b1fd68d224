import {
  type Context,
  ProxyTracerProvider,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracerOptions,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import { appProviders } from "./app-providers.js";

type TracerKey = [name: string, version?: string, options?: TracerOptions];

/** What the API answers with when there is no provider. */
const NONE: TracerProvider = new ProxyTracerProvider().getDelegate();

/**
 * Records spans with the app's tracer provider as soon as there is one, with ours until then.
 *
 * An app may set OpenTelemetry up long after `instrument()`, and the API refuses to register a second global provider.
 * So ours never takes the global place: it is only set behind the API's proxy, where instrumentations (HTTP, undici)
 * find it. They get their tracer once, often before the app's set-up or before `instrument()`: so there is one
 * provider for the process, and a tracer from it asks anew for every span.
 */
export class YieldingTracerProvider implements TracerProvider {
  #ours = NONE;

  getTracer(...key: TracerKey): Tracer {
    return new YieldingTracer(() => appProviders().traces ?? this.#ours, key);
  }

  /** From now on spans are recorded with `ours` while the app has no provider, those of its instrumentations too. */
  offer(ours: TracerProvider): void {
    this.#ours = ours;
    const proxy = trace.getTracerProvider();
    if (appProviders().traces === undefined && proxy instanceof ProxyTracerProvider) proxy.setDelegate(this);
  }

  withdraw(ours: TracerProvider): void {
    if (this.#ours === ours) this.#ours = NONE;
  }
}

/** The one of this process or worker thread. */
export const yieldingTracerProvider = new YieldingTracerProvider();

class YieldingTracer implements Tracer {
  #provider: TracerProvider | undefined;
  #tracer: Tracer | undefined;

  constructor(
    private readonly provider: () => TracerProvider,
    private readonly key: TracerKey,
  ) {}

  startSpan(name: string, options?: SpanOptions, context?: Context): Span {
    return this.#current().startSpan(name, options, context);
  }

  startActiveSpan(...call: unknown[]): never {
    const tracer = this.#current();
    return Reflect.apply(tracer.startActiveSpan, tracer, call) as never;
  }

  #current(): Tracer {
    const provider = this.provider();
    if (this.#tracer === undefined || provider !== this.#provider) {
      this.#provider = provider;
      this.#tracer = provider.getTracer(...this.key);
    }
    return this.#tracer;
  }
}
