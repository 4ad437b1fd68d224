import { damage } from "./sqlite-connection.js";

/**
 * What the store wrote as JSON text.
 *
 * @throws damage of the database when it is JSON no more: nothing but the store writes there.
 */
export function parseStored<T>(json: string): T {
  try {
    return JSON.parse(json) as T;
  } catch (error) {
    throw damage(`a stored text is no JSON: ${(error as Error).message}`);
  }
}
