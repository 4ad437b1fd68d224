import type { BilingualText } from "../indicators/language.js";
import { ChainwatchCallbackHandler } from "../instrument/callback-handler.js";
import { type HookReport, type LiveHook, probeHooks } from "../instrument/hook-probe.js";
import { installLangChainStorage, removeLangChainStorage } from "../instrument/langchain-storage.js";

/** Hooks into the copies of @langchain/core that this process can find, as `instrument()` would, and out again. */
export async function checkHooks(): Promise<HookReport> {
  const handler = new ChainwatchCallbackHandler(() => undefined);
  const storage = installLangChainStorage({ handler, runInside: (_runId, fn) => fn() });
  try {
    return await probeHooks(handler);
  } finally {
    removeLangChainStorage(storage);
  }
}

export function hooksWork({ copies, others }: HookReport): boolean {
  return [...copies, others].every((hook) => hook !== "none");
}

/** The report in words: a line for each copy that was found, and one for those that were not. */
export function hookLines({ copies, others }: HookReport): BilingualText[] {
  const found = copies.map((hook, index) => {
    const number = copies.length === 1 ? "" : ` ${index + 1}/${copies.length}`;
    return line(hook, { en: `@langchain/core${number}`, zh: `@langchain/core${number}` });
  });
  const none: BilingualText = {
    en: "· hook     no @langchain/core beside chainwatch here: run this in your app's folder to test its copy",
    zh: "· 挂接     这里没有与 chainwatch 同装的 @langchain/core：请在您的应用目录中运行以检查其副本",
  };
  return [
    ...(found.length === 0 ? [none] : found),
    line(others, { en: "copies that a bundler hides", zh: "打包器隐藏的副本" }),
  ];
}

function line(hook: LiveHook, where: BilingualText): BilingualText {
  switch (hook) {
    case "storage":
      return {
        en: `✓ hook     ${where.en}: live through LangChain's storage (the first way)`,
        zh: `✓ 挂接     ${where.zh}：通过 LangChain 的存储生效（首选方式）`,
      };
    case "callback_manager":
      return {
        en: `✓ hook     ${where.en}: live through the wrapped CallbackManager (the second way; the first is not)`,
        zh: `✓ 挂接     ${where.zh}：通过包装 CallbackManager 生效（备用方式；首选方式无效）`,
      };
    case "none":
      return {
        en: `✗ hook     ${where.en}: not reached → pass callbacks: [new ChainwatchCallbackHandler()] to your runs`,
        zh: `✗ 挂接     ${where.zh}：无法挂接 → 请在调用中传入 callbacks: [new ChainwatchCallbackHandler()]`,
      };
  }
}
