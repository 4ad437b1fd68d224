import {
  type IExportLogsServiceResponse,
  type IExportMetricsServiceResponse,
  type IExportTraceServiceResponse,
  type ISerializer,
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from "@opentelemetry/otlp-transformer";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { Destination } from "./export-settings.js";

/** How the messages of one signal are written and read. */
export interface OtlpMessages<T, Response extends OtlpResponse = OtlpResponse> {
  serializers: Readonly<Record<Destination["format"], ISerializer<T, Response>>>;
  /** How many items of a request the receiver says it would not take. */
  rejected: (response: Response) => number | undefined;
}

/** What the three answers have in common. */
export interface OtlpResponse {
  partialSuccess?: { errorMessage?: string };
}

export const TRACES: OtlpMessages<ReadableSpan[], IExportTraceServiceResponse> = {
  serializers: { protobuf: ProtobufTraceSerializer, json: JsonTraceSerializer },
  rejected: ({ partialSuccess }) => partialSuccess?.rejectedSpans,
};

export const METRICS: OtlpMessages<ResourceMetrics, IExportMetricsServiceResponse> = {
  serializers: { protobuf: ProtobufMetricsSerializer, json: JsonMetricsSerializer },
  rejected: ({ partialSuccess }) => partialSuccess?.rejectedDataPoints,
};

export const LOGS: OtlpMessages<ReadableLogRecord[], IExportLogsServiceResponse> = {
  serializers: { protobuf: ProtobufLogsSerializer, json: JsonLogsSerializer },
  rejected: ({ partialSuccess }) => partialSuccess?.rejectedLogRecords,
};
