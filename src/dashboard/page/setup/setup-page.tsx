import type { SetupView } from "../../api/setup-view.js";
import type { StatusView } from "../../api/status-view.js";
import { say } from "../language.js";
import { chosen } from "../route.js";
import { useLive } from "../use-live.js";
import { ConnectApp } from "./connect-app.js";
import { SetupPrices } from "./setup-prices.js";
import { SetupSenders } from "./setup-senders.js";
import { SetupStorage } from "./setup-storage.js";
import { setupTroubles } from "./setup-troubles.js";
import "./setup.css";

const EVERY_MS = 10_000;

/** What arrives, what is kept, and how an app is connected. */
export function SetupPage({ status }: { status: StatusView }) {
  const { data, failure } = useLive<SetupView>("/api/setup", [], EVERY_MS);
  const service = chosen("service");
  const senders = data?.senders.filter((sender) => service === undefined || sender.service === service);
  const troubles = data === undefined || senders === undefined ? [] : setupTroubles({ ...data, senders });
  return (
    <>
      <div class="title-row">
        <h1>{say({ en: "Set-up", zh: "接入" })}</h1>
      </div>
      {failure && <p class="notice">{failure}</p>}
      {data?.error && <p class="notice">{data.error}</p>}
      {troubles.length > 0 && (
        <ul class="setup-troubles" aria-label={say({ en: "What needs attention", zh: "需要处理的问题" })}>
          {troubles.map(({ key, what, cure }) => (
            <li key={key}>
              <strong>{say(what)}</strong> {say(cure)}
            </li>
          ))}
        </ul>
      )}
      {senders && senders.length > 0 && troubles.length === 0 && (
        <p class="all-well">{say({ en: "Nothing needs attention.", zh: "没有需要处理的问题。" })}</p>
      )}
      {senders && <SetupSenders senders={senders} />}
      <div class="setup-columns">
        <section class="card">
          <h2>{say({ en: "Connect an app", zh: "接入应用" })}</h2>
          <ConnectApp />
        </section>
        <div class="setup-column">
          <SetupStorage status={status} />
          {data && <SetupPrices unpriced={data.unpriced} />}
        </div>
      </div>
    </>
  );
}
