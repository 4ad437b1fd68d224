import { nearestName } from "../../instrument/nearest-name.js";
import { ApiError } from "./api-error.js";

/** 404, with the id that was probably meant. */
export function unknownId(what: string, id: string, known: readonly string[]): ApiError {
  const found = JSON.stringify(id.slice(0, 80));
  const near = id === "" ? undefined : (known.find((each) => each.startsWith(id)) ?? nearestName(id, known));
  const cure = near === undefined ? "" : `: did you mean ${near}?`;
  return new ApiError(404, `no ${what} ${found}${cure}`, { found, ...(near !== undefined && { expected: near }) });
}
