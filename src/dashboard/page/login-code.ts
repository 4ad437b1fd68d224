import { signal } from "@preact/signals";
import { logIn } from "./connection.js";
import { goTo, route } from "./route.js";

/** The address that brought the reader here had a login code, and the server did not take it. */
export const loginCodeRefused = signal(false);

/**
 * Exchanges the login code of the address, `/login#code=…`, for the cookie. The code leaves the address bar and the
 * history first, whatever the server says to it.
 */
export async function logInByAddress(): Promise<void> {
  if (route.peek().view !== "login") return;
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  goTo("/", { replace: true });
  if (code !== null) loginCodeRefused.value = (await logIn({ code })) !== undefined;
}
