import { useState } from "preact/hooks";
import { unlock } from "./connection.js";
import { say } from "./language.js";

export function TokenForm() {
  const [token, setToken] = useState("");
  const [refusal, setRefusal] = useState<string>();
  return (
    <main class="page">
      <form
        class="card token-form"
        onSubmit={async (event) => {
          event.preventDefault();
          setRefusal(await unlock(token));
        }}
      >
        <h1>Chainwatch</h1>
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
