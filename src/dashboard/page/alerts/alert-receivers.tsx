import { reachText } from "../../../notify/reach-text.js";
import type { ReceiverView } from "../../api/receivers-view.js";
import { formatTime } from "../format.js";
import { language, say } from "../language.js";
import { viewPath } from "../route.js";
import { type Column, Table } from "../table.js";

/** Those whose newest message has not arrived. */
export function notTold(receivers: readonly ReceiverView[]): ReceiverView[] {
  return receivers.filter(({ last_attempt: last }) => last !== undefined && last.result !== "sent");
}

/** Whoever looks at what fires must know that others were not told of it. */
export function ReceiverTrouble({ receivers }: { receivers: readonly ReceiverView[] }) {
  const troubled = notTold(receivers);
  if (troubled.length === 0) return null;
  const names = troubled.map(({ name }) => name).join(say({ en: ", ", zh: "、" }));
  return (
    <p class="notice error-text">
      {say({ en: `The newest message to ${names} has not arrived. `, zh: `发给 ${names} 的最新消息未送达。` })}
      <a href={viewPath("alerts", { tab: "receivers" })}>{say({ en: "Why, and what helps", zh: "原因与解决办法" })}</a>
    </p>
  );
}

const COLUMNS: readonly Column<ReceiverView>[] = [
  {
    title: { en: "Receiver", zh: "接收方" },
    header: true,
    class: "name",
    cell: ({ name, kind }) => (
      <>
        {name}
        {kind !== name && <small>{kind}</small>}
      </>
    ),
  },
  {
    title: { en: "Hears of", zh: "接收内容" },
    class: "name",
    cell: ({ reach, language: own }) => (
      <>
        {say(reachText(reach))}
        <small>{own === "zh" ? "中文" : "English"}</small>
      </>
    ),
  },
  {
    title: { en: "Newest message", zh: "最新消息" },
    class: "name",
    cell: (receiver) => <LastAttempt receiver={receiver} />,
  },
  {
    title: { en: "Waiting", zh: "待发送" },
    class: "name",
    cell: (receiver) => <Waiting receiver={receiver} />,
  },
  {
    title: { en: "To test it", zh: "测试命令" },
    cell: ({ kind, name }) => kind !== "console" && <code>chainwatch receivers test {name}</code>,
  },
];

/** Who can be told, whether that works, and what to do where it does not. */
export function AlertReceivers({ receivers }: { receivers: readonly ReceiverView[] }) {
  return (
    <section class="card" aria-label={say({ en: "Receivers", zh: "接收方" })}>
      {receivers.every(({ kind }) => kind === "console") && (
        <p class="quiet">
          {say({
            en: "No receiver is set up: alerts are shown here and on the server's console alone. ",
            zh: "尚未配置接收方：告警只显示在本页和服务器控制台。",
          })}
          <code>chainwatch init --receiver {say({ en: "slack", zh: "dingtalk" })}</code>
          {say({
            en: " writes one and says which variables to set.",
            zh: " 可生成一个，并说明需要设置的环境变量。",
          })}
        </p>
      )}
      {receivers.length > 0 && (
        <Table
          class="alert-rows"
          columns={COLUMNS}
          rows={receivers}
          rowKey={({ name }) => name}
          label={{ en: "Receivers", zh: "接收方" }}
        />
      )}
    </section>
  );
}

function LastAttempt({ receiver: { last_attempt: last } }: { receiver: ReceiverView }) {
  if (last === undefined) return <span class="quiet">{say({ en: "none yet", zh: "暂无" })}</span>;
  const time = formatTime(last.at, language.value);
  const words = {
    sent: { en: `arrived ${time}`, zh: `${time} 已送达` },
    waiting: { en: `failed ${time}, will be tried again`, zh: `${time} 失败，将重试` },
    failed: { en: `failed ${time}, given up`, zh: `${time} 失败，已放弃` },
  }[last.result];
  return (
    <div class="told">
      <span class={`told-${last.result === "sent" ? "sent" : "failed"}`}>{say(words)}</span>
      {last.answer !== undefined && <small>{last.answer}</small>}
      {last.cure && <small class="cure">→ {say(last.cure)}</small>}
    </div>
  );
}

function Waiting({ receiver }: { receiver: ReceiverView }) {
  const { waiting, waiting_since: since, paused_until: until } = receiver;
  if (waiting === 0) return <span class="quiet">{say({ en: "nothing waits", zh: "无待发送" })}</span>;
  return (
    <>
      {say({ en: `${waiting} ${waiting === 1 ? "message" : "messages"}`, zh: `${waiting} 条消息` })}
      {since !== undefined && (
        <small>
          {say({ en: "since", zh: "始于" })} {formatTime(since, language.value)}
        </small>
      )}
      {until !== undefined && (
        <small>
          {say({ en: "tried again", zh: "下次重试" })} {formatTime(until, language.value)}
        </small>
      )}
    </>
  );
}
