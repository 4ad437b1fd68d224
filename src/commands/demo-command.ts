import type { Command } from "./command.js";
import { CommandError } from "./command-error.js";
import { UsageError } from "./usage-error.js";

/** `chainwatch demo` */
export const demoCommand: Command = {
  name: "demo",
  summary: {
    en: "See it work: five requests, then traffic with an incident",
    zh: "看看效果：五个请求，然后是带一次故障的流量",
  },
  options: {
    once: { describe: { en: "the five requests only", zh: "只发出五个请求" } },
    live: {
      describe: {
        en: "the five requests against the real OpenAI, with OPENAI_API_KEY; no other traffic",
        zh: "用 OPENAI_API_KEY 向真实的 OpenAI 发出五个请求；不产生其他流量",
      },
    },
    endpoint: {
      value: "URL",
      describe: {
        en: "only the app, without a server: sends to this OTLP/HTTP receiver, with an incident every ten minutes",
        zh: "只运行应用，不启动服务器：把遥测数据发往该 OTLP/HTTP 接收端，每十分钟一次故障",
      },
    },
  },
  json: { en: "with --once: what came of it as one JSON object", zh: "与 --once 同用：以一个 JSON 对象输出结果" },
  examples: [
    { command: "chainwatch demo", describe: { en: "without a key, until Ctrl-C", zh: "不需要密钥，直到按下 Ctrl-C" } },
    {
      command: "chainwatch demo --once --json",
      describe: { en: "for a script: five requests, one JSON object", zh: "用于脚本：五个请求，一个 JSON 对象" },
    },
    {
      command: "OPENAI_API_KEY=sk-… chainwatch demo --live",
      describe: { en: "with the real OpenAI", zh: "使用真实的 OpenAI" },
    },
    {
      command: "chainwatch demo --endpoint http://127.0.0.1:4318",
      describe: { en: "traffic for a Collector that runs already", zh: "为已在运行的 Collector 提供流量" },
    },
  ],
  async run(flags, terminal) {
    const once = flags.on("once");
    const json = flags.on("json");
    if (json && !once) {
      throw new UsageError({
        en: "option --json needs --once: a demo that goes on has no last figures",
        zh: "选项 --json 需要与 --once 同用：持续运行的演示没有最终数据",
      });
    }
    const endpoint = flags.text("endpoint");
    if (endpoint !== undefined) {
      for (const other of ["once", "live"]) if (flags.on(other)) throw notTogether(other);
      const { runDemoApp } = await importDemo(() => import("../demo/run-demo-app.js"));
      return runDemoApp({ endpoint, language: terminal.language, out: terminal.out, stop: terminal.stop });
    }
    const key = flags.on("live") ? liveKey(terminal.env.OPENAI_API_KEY) : undefined;
    const { runDemo } = await importDemo(() => import("../demo/run-demo.js"));
    return runDemo({
      once,
      json,
      liveKey: key,
      language: terminal.language,
      screen: terminal.screen,
      color: terminal.color,
      out: terminal.out,
      err: terminal.err,
      stop: terminal.stop,
    });
  },
};

function notTogether(other: string): UsageError {
  return new UsageError({
    en: `options --endpoint and --${other} exclude each other: --endpoint runs the app alone, until it is stopped`,
    zh: `选项 --endpoint 不能与 --${other} 同用：--endpoint 只运行应用，直到停止为止`,
  });
}

function liveKey(key: string | undefined): string {
  if (key) return key;
  throw new UsageError({
    en: "option --live needs OPENAI_API_KEY in the environment; without --live the demo brings a model server of its own",
    zh: "选项 --live 需要环境变量 OPENAI_API_KEY；不加 --live 时，演示使用自带的模型服务器",
  });
}

/** The demo's app is LangChain code, and LangChain comes with the user's app, not with Chainwatch. */
async function importDemo<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const missing = /Cannot find package '([^']+)'/.exec(error instanceof Error ? error.message : "")?.[1];
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND" || missing === undefined) throw error;
    throw new CommandError({
      en: `the demo needs ${missing}, which is not installed. Run: npm install @langchain/core @langchain/openai langchain`,
      zh: `演示需要 ${missing}，但尚未安装。请运行：npm install @langchain/core @langchain/openai langchain`,
    });
  }
}
