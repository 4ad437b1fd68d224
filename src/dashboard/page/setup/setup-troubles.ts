import type { BilingualText } from "../../../indicators/language.js";
import type { SetupView } from "../../api/setup-view.js";

export interface SetupTrouble {
  key: string;
  what: BilingualText;
  cure: BilingualText;
}

/** Batches on their way make clocks look up to so many seconds late. */
export const CLOCK_OFF_S = 10;

/** What somebody should do something about. */
export function setupTroubles({ senders, unpriced }: Pick<SetupView, "senders" | "unpriced">): SetupTrouble[] {
  const troubles: SetupTrouble[] = [];
  for (const { service, instance = "", dropped, faults, clock_ahead: ahead } of senders) {
    const key = `${service} ${instance}`;
    const lost = sum(dropped);
    if (lost > 0) {
      troubles.push({
        key: `${key} dropped`,
        what: {
          en: `${service} gave up ${lost} items of telemetry in 24 h.`,
          zh: `${service} 在 24 小时内丢弃了 ${lost} 项遥测。`,
        },
        cure: {
          en: "Figures and traces miss them. See that this server can be reached all the time, and give the app a Collector on its own host if it cannot.",
          zh: "指标和链路不含这些数据。请确认本服务器始终可达；否则请在应用所在主机上部署 Collector。",
        },
      });
    }
    if (sum(faults) > 0) {
      troubles.push({
        key: `${key} faults`,
        what: {
          en: `Chainwatch in ${service} had ${sum(faults)} faults in 24 h.`,
          zh: `${service} 中的 Chainwatch 在 24 小时内发生 ${sum(faults)} 次故障。`,
        },
        cure: {
          en: "The app was not harmed. Update chainwatch, or report them.",
          zh: "应用未受影响。请升级 chainwatch 或反馈问题。",
        },
      });
    }
    if (ahead !== undefined && Math.abs(ahead) > CLOCK_OFF_S) {
      const seconds = Math.round(Math.abs(ahead));
      troubles.push({
        key: `${key} clock`,
        what:
          ahead > 0
            ? {
                en: `The clock of ${service} is ${seconds} s ahead of this server's.`,
                zh: `${service} 的时钟比本服务器快 ${seconds} 秒。`,
              }
            : {
                en: `The clock of ${service} is up to ${seconds} s behind this server's, or its telemetry arrives so late.`,
                zh: `${service} 的时钟最多比本服务器慢 ${seconds} 秒，或其数据延迟到达。`,
              },
        cure: {
          en: "Figures of the last minutes and alerts are then wrong. Synchronise both clocks (NTP).",
          zh: "最近几分钟的指标和告警会因此不准。请用 NTP 同步两端时钟。",
        },
      });
    }
  }
  if (unpriced.length > 0) {
    const models = [...new Set(unpriced.map(({ model }) => model))].join(", ");
    troubles.push({
      key: "prices",
      what: { en: `No price is known for ${models}.`, zh: `模型 ${models} 的价格未知。` },
      cure: { en: "Costs leave its calls out. Give its price as below.", zh: "成本不含其调用。请按下方说明给出价格。" },
    });
  }
  return troubles;
}

const sum = (counted: readonly { items: number }[]): number => counted.reduce((total, { items }) => total + items, 0);
