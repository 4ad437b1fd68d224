import { QueryError } from "../../query/query-error.js";
import { ApiError } from "./api-error.js";

/**
 * A source's answer for the API.
 *
 * @throws {ApiError} 503 when the source cannot answer now, 400 when it never can
 */
export async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const down = error.reason === "timeout" || error.reason === "source_failed";
    throw new ApiError(down ? 503 : 400, error.message);
  }
}
