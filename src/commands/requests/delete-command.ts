import type { DeletedUserView } from "../../dashboard/api/deleted-user-view.js";
import type { BilingualText } from "../../indicators/language.js";
import type { Command } from "../command.js";
import { ServerApi, type SlowCall, URL_OPTION } from "../server-api.js";
import { UsageError } from "../usage-error.js";

/** The server writes its database anew, which for the largest takes minutes. */
const SLOW: SlowCall = {
  timeoutS: 290,
  cure: {
    en: "the server goes on with the deletion: run this again later, it says when nothing is stored any more",
    zh: "服务器仍在继续删除：请稍后再次运行本命令，全部删完后会提示没有存储任何数据",
  },
};

const UNTOUCHED: BilingualText = {
  en: "not touched: the history of alerts, exported files, and what was sent elsewhere (Jaeger, a metrics backend, a Collector's files)",
  zh: "未涉及：告警历史、已导出的文件，以及发往别处的数据（Jaeger、指标后端、Collector 的文件）",
};

/** `chainwatch requests delete` */
export const deleteCommand: Command = {
  name: "delete",
  summary: {
    en: "Delete everything that a running server stores of a user, for good",
    zh: "彻底删除运行中服务器所存的某个用户的一切数据",
  },
  options: {
    user: { value: "ID", describe: { en: "the user", zh: "用户" } },
    yes: { describe: { en: "do not ask first", zh: "不再询问" } },
    ...URL_OPTION,
  },
  json: { en: "what was deleted as one JSON object", zh: "以一个 JSON 对象输出删除了什么" },
  examples: [
    {
      command: "chainwatch requests delete --user user_001",
      describe: {
        en: "records, traces, errors and JSON lines; asks first",
        zh: "删除请求记录、链路、错误与 JSON lines；会先询问",
      },
    },
    {
      command: "chainwatch requests delete --user user_001 --yes --json",
      describe: { en: "for a script", zh: "供脚本使用" },
    },
  ],
  async run(flags, terminal) {
    const { out, err, ask, language } = terminal;
    const user = flags.text("user");
    if (user === undefined) {
      throw new UsageError({ en: "expected --user ID: whose data", zh: "缺少 --user ID：删除谁的数据" });
    }
    const api = new ServerApi(flags, terminal);
    if (!flags.on("yes")) {
      if (ask === undefined) {
        throw new UsageError({
          en: "expected --yes: there is no terminal to ask on",
          zh: "缺少 --yes：没有可供询问的终端",
        });
      }
      const answer = await ask(question(user)[language]);
      if (!/^(y|yes|是)$/i.test(answer.trim())) {
        err({ en: "nothing was deleted", zh: "未删除任何数据" }[language]);
        return 1;
      }
    }
    const view = await api.delete<DeletedUserView>(`/api/users?id=${encodeURIComponent(user)}`, SLOW);
    if (flags.on("json")) {
      out(JSON.stringify(view));
      return 0;
    }
    out(deletedLine(view)[language]);
    out(UNTOUCHED[language]);
    if (view.set_aside.length > 0) {
      const files = view.set_aside.join(", ");
      err(
        {
          en: `⚠ damaged files that were set aside may hold something of the user: delete them: ${files}`,
          zh: `⚠ 已隔离的损坏文件中可能仍有该用户的数据，请自行删除：${files}`,
        }[language],
      );
    }
    return 0;
  },
};

function question(user: string): BilingualText {
  const name = JSON.stringify(user);
  return {
    en: `Delete all request records, traces, errors and JSON lines of user ${name}? This cannot be undone. [y/N] `,
    zh: `确定删除用户 ${name} 的全部请求记录、链路、错误与 JSON lines 吗？此操作无法撤销。[y/N] `,
  };
}

function deletedLine({ user_id: user, deleted }: DeletedUserView): BilingualText {
  const name = JSON.stringify(user);
  const { requests, traces, spans, errors, json_lines: lines, points } = deleted;
  if (Object.values(deleted).every((count) => count === 0)) {
    return { en: `nothing is stored of user ${name}`, zh: `没有存储用户 ${name} 的任何数据` };
  }
  const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;
  return {
    en: `✓ deleted of user ${name}: ${counted(requests, "request record")}, ${counted(traces, "trace")} (${counted(spans, "span")}), ${counted(errors, "error record")}, ${counted(lines, "JSON line")}, ${counted(points, "metric point")}, and the totals by user`,
    zh: `✓ 已删除用户 ${name} 的数据：${requests} 条请求记录、${traces} 条链路（${spans} 个 span）、${errors} 条错误记录、${lines} 行 JSON、${points} 个指标点，以及按用户的汇总`,
  };
}
