import type { Language } from "../../indicators/language.js";
import type { Notification } from "../notification.js";
import type { MessageLine } from "./message.js";

/** What a reader must know of the message itself: that it is a test, stands for several, or that more is held back. */
export function noteLines({ alerts, summarises, test }: Notification, language: Language): MessageLine[] {
  const en = language === "en";
  const notes: string[] = [];
  if (test) {
    notes.push(en ? "A test of this receiver: nothing is wrong." : "这是对该接收方的测试：没有发生问题。");
  }
  if (summarises !== undefined) {
    notes.push(
      en
        ? `This stands for ${summarises} messages that could not be delivered before.`
        : `此消息汇总了此前未能送达的 ${summarises} 条消息。`,
    );
  }
  if (alerts.some(({ flapping }) => flapping)) {
    notes.push(
      en
        ? "It keeps changing between firing and resolved: further changes are held back for a while."
        : "该告警在触发与恢复之间反复变化：后续变化将暂缓发送。",
    );
  }
  return notes.map((text) => ({ label: en ? "Note" : "提示", text }));
}
