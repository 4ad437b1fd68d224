import { QueryError } from "../query-error.js";

/** What the backend sent back. */
export interface HttpReply {
  status: number;
  contentType: string;
  /** Where a redirect leads. */
  location: string | undefined;
  body: string;
}

const LONGEST_MESSAGE = 400;

/**
 * The `data` of a reply of the Prometheus API.
 *
 * @param source begins the messages
 * @throws {QueryError} `invalid_question` for what the backend refuses to compute, `timeout` when it took too long,
 * `source_failed` for everything else
 */
export function dataOf(source: string, reply: HttpReply): unknown {
  const { status } = reply;
  const failed = (what: string): QueryError => new QueryError("source_failed", `${source} ${what}`);
  if (status === 401 || status === 403) {
    throw failed(
      `answered ${status}: it wants to know who asks. Set CHAINWATCH_SOURCE_HEADERS, such as "Authorization=Bearer%20…"`,
    );
  }
  if (status >= 300 && status < 400) {
    throw failed(
      `answered ${status}, which leads to ${shownAddress(reply.location)}: give the address of the API itself`,
    );
  }

  const answer = answerIn(reply.body);
  if (answer?.status === "success") return answer.data;
  if (answer?.status === "error") throw refusal(source, reply, answer);
  const found = reply.contentType.split(";", 1)[0] || "no content type";
  if (status === 404) {
    throw failed("answered 404: there is no Prometheus API at this address. Give the base URL, before /api/v1/query");
  }
  if (status !== 200) throw failed(`answered ${status} (${found}): ${message(reply.body) || "nothing"}`);
  throw failed(
    `answered with ${found}, which is no reply of the Prometheus API. Give the base URL, before /api/v1/query`,
  );
}

interface Answer {
  status?: unknown;
  data?: unknown;
  errorType?: unknown;
  error?: unknown;
}

function answerIn(body: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Prometheus says 400 for what it cannot read and 422 for what it will not compute; VictoriaMetrics 422 for both. */
function refusal(source: string, { status }: HttpReply, { errorType, error }: Answer): QueryError {
  const said = message(String(error ?? "no message"));
  if (errorType === "timeout" || errorType === "canceled") {
    return new QueryError("timeout", `${source} took too long: ${said}`);
  }
  const refused = status === 400 || status === 422;
  return new QueryError(
    refused ? "invalid_question" : "source_failed",
    refused ? `${source} refused the question: ${said}` : `${source} answered ${status}: ${said}`,
  );
}

function message(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE)}…` : line;
}

/** Without the query, where login pages put their tokens. */
function shownAddress(location: string | undefined): string {
  return location?.split(/[?#]/, 1)[0] || "nowhere";
}
