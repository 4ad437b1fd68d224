import type { AlertTransition, NotificationResult, ReceiverResult } from "../../../alert/alert-view.js";
import type { BilingualText, Language } from "../../../indicators/language.js";

/** What became of telling people, a line for each of them. */
export interface ToldLine {
  /** `kept`: nobody is told. */
  mark: "sent" | "failed" | "waiting" | "kept";
  text: string;
}

/** Why nobody is told; the others say by whom. */
const KEPT: Partial<Record<NotificationResult["reason"], BilingualText>> = {
  flapping: { en: "not sent: it changes too often", zh: "未发送：状态变化过于频繁" },
  over_before_sent: { en: "not sent: it was over before", zh: "未发送：发送前已恢复" },
  firing_was_not_sent: { en: "not sent: nobody was told that it fired", zh: "未发送：触发时未通知任何人" },
  no_receiver: { en: "not sent: no receiver takes it", zh: "未发送：没有接收方" },
  inhibited: { en: "not sent: inhibited", zh: "未发送：被抑制" },
  silenced: { en: "not sent: silenced", zh: "未发送：已静默" },
};

/**
 * What people were told of a transition, or why they were not.
 *
 * @param timeText a time for people, of one in ISO 8601
 */
export function toldLines(
  { to, notification }: Pick<AlertTransition, "to" | "notification">,
  language: Language,
  timeText: (iso: string) => string,
): ToldLine[] {
  const say = (text: BilingualText): string => text[language];
  if (to !== "firing" && to !== "resolved") return [];
  if (notification === undefined) {
    return [{ mark: "waiting", text: say({ en: "not decided yet", zh: "尚未决定" }) }];
  }
  const lines = Object.entries(notification.receivers ?? {}).map(([name, result]) => ({
    mark: result.result,
    text: say(receiverText(name, result, timeText)),
  }));
  return [
    ...lines,
    ...keptLines(notification, lines.length).map((text) => ({ mark: "kept" as const, text: say(text) })),
  ];
}

function receiverText(name: string, told: ReceiverResult, timeText: (iso: string) => string): BilingualText {
  const { result, failures = 0, error, at } = told;
  const time = timeText(at);
  const why: BilingualText = error === undefined ? { en: "", zh: "" } : { en: `: ${error}`, zh: `：${error}` };
  switch (result) {
    case "sent":
      return { en: `${name} told ${time}`, zh: `已于 ${time} 通知 ${name}` };
    case "failed":
      return {
        en: `${name} not told, given up ${time} after ${failures} ${failures === 1 ? "try" : "tries"}${why.en}`,
        zh: `未能通知 ${name}，尝试 ${failures} 次后于 ${time} 放弃${why.zh}`,
      };
    case "waiting":
      return failures === 0
        ? { en: `${name} is to be told`, zh: `待通知 ${name}` }
        : {
            en: `${name} not told yet, ${failures} ${failures === 1 ? "try" : "tries"} failed${why.en}`,
            zh: `尚未通知 ${name}，已失败 ${failures} 次${why.zh}`,
          };
  }
}

function keptLines({ result, reason, inhibited_by: by }: NotificationResult, told: number): BilingualText[] {
  if (by !== undefined) {
    return told > 0
      ? [{ en: `now inhibited by ${by}`, zh: `现被 ${by} 抑制` }]
      : [{ en: `not sent: inhibited by ${by}`, zh: `未发送：被 ${by} 抑制` }];
  }
  if (result !== "not_sent") return [];
  return [KEPT[reason] ?? { en: "not sent", zh: "未发送" }];
}
