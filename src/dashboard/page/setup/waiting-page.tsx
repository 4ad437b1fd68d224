import { say } from "../language.js";
import { ConnectApp } from "./connect-app.js";

/** What an app needs, for the reader who has just started the server. */
export function WaitingPage() {
  return (
    <section class="waiting">
      <p class="pulse" aria-hidden="true" />
      <h1>{say({ en: "Waiting for your first run", zh: "等待第一次运行" })}</h1>
      <p class="quiet">
        {say({
          en: "Add this to your app, before or after LangChain is imported. Its first run appears here by itself.",
          zh: "把下面的代码加入你的应用，在导入 LangChain 之前或之后都可以。第一次运行会自动显示在这里。",
        })}
      </p>
      <ConnectApp />
    </section>
  );
}
