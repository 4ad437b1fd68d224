import { ApiError } from "./api-error.js";
import { QueryParameters } from "./query-parameters.js";

/** What one call asks. */
export interface ApiCall {
  query: QueryParameters;
  /** The value of `:id` in the path; "" where there is none. */
  id: string;
  /** The JSON that was sent; undefined without a body. */
  body: unknown;
  /** Aborted when whoever asked has left. */
  signal?: AbortSignal | undefined;
}

/** One call of the JSON API. */
export interface ApiRoute {
  method: "GET" | "POST" | "DELETE";
  /** Segments; `:id` takes any one. */
  path: string;
  /** Throws an `ApiError` for what it refuses. */
  answer(call: ApiCall): object | Promise<object>;
}

export interface ApiRequest {
  method: string;
  url: URL;
  /** The JSON that was sent with a POST; called only where there is somebody to take it. */
  readBody?(): Promise<unknown>;
  /** Aborted when whoever asks has left. */
  signal?: AbortSignal;
}

/**
 * Answers a call of the JSON API.
 *
 * @throws {ApiError} with the status and the reason to answer
 */
export async function answerApi(
  routes: readonly ApiRoute[],
  { method, url, readBody, signal }: ApiRequest,
): Promise<object> {
  const wanted = method === "HEAD" ? "GET" : method;
  const here = routes.flatMap((route) => {
    const id = match(route.path, url.pathname);
    return id === undefined ? [] : [{ route, id }];
  });
  const found = here.find(({ route }) => route.method === wanted);
  if (found !== undefined) {
    const body = wanted === "POST" ? await readBody?.() : undefined;
    return found.route.answer({ query: new QueryParameters(url.searchParams), id: found.id, body, signal });
  }
  if (here.length > 0) {
    const expected = here.map(({ route }) => route.method).join(", ");
    const message = `${url.pathname}: expected ${expected}, found ${method}`;
    throw new ApiError(405, message, { expected, found: method });
  }
  const paths = [...new Set(routes.map(({ path }) => path))];
  throw new ApiError(404, `no ${url.pathname} in the API`, { expected: paths.join(", ") });
}

/** The value of `:id`, "" for a path without one, undefined for another path. */
function match(pattern: string, path: string): string | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  let id = "";
  for (const [index, segment] of wanted.entries()) {
    const found = given[index] ?? "";
    if (segment === ":id" && found !== "") id = decoded(found);
    else if (segment !== found) return undefined;
  }
  return id;
}

/** A path with a broken escape names nothing that exists; it must not be an error of the server. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
