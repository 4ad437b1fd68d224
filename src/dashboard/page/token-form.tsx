import { useState } from "preact/hooks";
import { logIn, unlock } from "./connection.js";
import { say } from "./language.js";
import { loginCodeRefused } from "./login-code.js";

export function TokenForm() {
  const [token, setToken] = useState("");
  const [refusal, setRefusal] = useState<string>();
  return (
    <main class="page">
      <form
        class="card token-form"
        onSubmit={async (event) => {
          event.preventDefault();
          const said = await logIn({ token });
          setRefusal(said);
          if (said === undefined) unlock();
        }}
      >
        <h1>Chainwatch</h1>
        {loginCodeRefused.value && (
          <p class="notice" role="status">
            {say({
              en: "This login address was used, or is of an earlier start of the server. Start the server again for a new one, or give the token from its file (CHAINWATCH_TOKEN_FILE).",
              zh: "该登录地址已被使用，或属于服务器之前的一次启动。请重启服务器以获得新地址，或填入令牌文件（CHAINWATCH_TOKEN_FILE）中的令牌。",
            })}
          </p>
        )}
        <label for="token">
          {say({
            en: "This server asks for its token (CHAINWATCH_TOKEN).",
            zh: "此服务需要访问令牌（CHAINWATCH_TOKEN）。",
          })}
        </label>
        <input
          id="token"
          type="password"
          autocomplete="current-password"
          required
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        <button type="submit" class="primary">
          {say({ en: "Open", zh: "进入" })}
        </button>
        {refusal && <p role="alert">{refusal}</p>}
      </form>
    </main>
  );
}
