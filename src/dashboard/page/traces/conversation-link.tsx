import type { TracesView } from "../../api/traces-view.js";
import { apiPath } from "../api-path.js";
import { say } from "../language.js";
import { useLive } from "../use-live.js";

/** Beyond, "100+" says enough. */
const COUNTED = 100;

/** To the requests of the conversation that a trace belongs to. */
export function ConversationLink({ id }: { id: string }) {
  const path = apiPath("/api/traces", { conversation: id, limit: COUNTED + 1 });
  const count = useLive<TracesView>(path, ["traces"]).data?.traces.length;
  const requests = count === undefined ? "…" : count > COUNTED ? `${COUNTED}+` : count;
  return (
    <a href={apiPath("/traces", { conversation: id })}>
      {say({
        en: `Conversation · ${requests} ${count === 1 ? "request" : "requests"}`,
        zh: `对话 · ${requests} 个请求`,
      })}
    </a>
  );
}
