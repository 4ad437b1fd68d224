export { ChainwatchCallbackHandler } from "./instrument/callback-handler.js";
export { ConfigError } from "./instrument/config-error.js";
export type { HookReport, LiveHook } from "./instrument/hook-probe.js";
export type { ModelPrices, PriceTable } from "./instrument/price-table.js";
export type { Redact } from "./instrument/redaction.js";
export type { RequestAttributes } from "./instrument/request.js";
export type { Detail } from "./instrument/run-kind.js";
export { withRequest } from "./instrument/with-request.js";
export { type InstrumentHandle, type InstrumentOptions, instrument } from "./instrument.js";
