import { open, rename, rm } from "node:fs/promises";
import { EXPORT_FORMATS, type ExportFormat } from "../../dashboard/api/requests-export.js";
import type { BilingualText } from "../../indicators/language.js";
import { fileTrouble } from "../../server/file-trouble.js";
import type { Command, CommandOption } from "../command.js";
import { CommandError } from "../command-error.js";
import { oneOf } from "../one-of.js";
import { pastTime } from "../past-time.js";
import { ServerApi, URL_OPTION } from "../server-api.js";
import type { Terminal } from "../terminal.js";
import { UsageError } from "../usage-error.js";

/** What is asked for by an option of the same name as the parameter of the API. */
const FILTERS = {
  user: { value: "ID", describe: { en: "of this user", zh: "此用户的请求" } },
  session: { value: "ID", describe: { en: "of this session", zh: "此会话的请求" } },
  tenant: { value: "NAME", describe: { en: "of this tenant", zh: "此租户的请求" } },
  service: { value: "NAME", describe: { en: "of this service", zh: "此服务的请求" } },
  release: { value: "NAME", describe: { en: "of this release", zh: "此版本的请求" } },
  type: { value: "NAME", describe: { en: "of this request type", zh: "此类型的请求" } },
  model: { value: "NAME", describe: { en: "that called this model", zh: "调用过此模型的请求" } },
  outcome: {
    value: "NAME",
    describe: {
      en: "success, error, timeout, cancelled, abandoned or interrupted",
      zh: "success、error、timeout、cancelled、abandoned 或 interrupted",
    },
  },
} satisfies Record<string, CommandOption>;

/** `chainwatch requests export` */
export const exportCommand: Command = {
  name: "export",
  summary: {
    en: "Request records as JSON lines or CSV, the newest first",
    zh: "以 JSON lines 或 CSV 导出请求记录，最新的在前",
  },
  options: {
    from: {
      value: "TIME",
      describe: {
        en: "began since 2026-01-31T09:30:00Z, 2026-01-31, or so long before now: 7d; default all",
        zh: "开始于此刻之后：2026-01-31T09:30:00Z、2026-01-31，或距今时长，如 7d；默认全部",
      },
    },
    to: { value: "TIME", describe: { en: "the same, exclusive; default now", zh: "格式同上，不含此刻；默认为现在" } },
    ...FILTERS,
    format: { value: "FORMAT", describe: { en: "jsonl, the default, or csv", zh: "jsonl（默认）或 csv" } },
    out: {
      value: "FILE",
      describe: { en: "where to; default -, standard output", zh: "写到哪里；默认 -，即标准输出" },
    },
    ...URL_OPTION,
  },
  json: {
    en: "with --out FILE, what was written as one JSON object",
    zh: "配合 --out FILE，以一个 JSON 对象说明写入的内容",
  },
  examples: [
    {
      command: "chainwatch requests export --from 24h --outcome error | jq .error_message",
      describe: { en: "what failed since yesterday", zh: "查看一天来的失败" },
    },
    {
      command: "chainwatch requests export --user user_001 --format csv --out user_001.csv",
      describe: { en: "all of a user's, for a spreadsheet", zh: "把某个用户的全部请求导出到表格" },
    },
  ],
  async run(flags, terminal) {
    const format = oneOf("--format", flags.text("format") ?? "jsonl", EXPORT_FORMATS);
    const file = flags.text("out") ?? "-";
    if (file === "-" && flags.on("json") && format !== "jsonl") {
      throw new UsageError({
        en: "expected --out FILE beside --json: the records themselves are CSV",
        zh: "--json 须与 --out FILE 一起使用：记录本身是 CSV",
      });
    }
    const query = new URLSearchParams({ format, ...flags.given(...Object.keys(FILTERS)) });
    for (const bound of ["from", "to"]) {
      const text = flags.text(bound);
      if (text !== undefined) query.set(bound, new Date(pastTime(`--${bound}`, text, Date.now())).toISOString());
    }
    const chunks = new ServerApi(flags, terminal).download(`/api/requests/export?${query}`);
    if (file === "-") await print(chunks, terminal);
    else report(await save(chunks, { file, format }), { file, format, asJson: flags.on("json") }, terminal);
    return 0;
  },
};

async function print(chunks: AsyncIterable<string>, { out }: Terminal): Promise<void> {
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) out(line);
  }
}

interface Written {
  requests: number;
  bytes: number;
}

/** The file is there when it is whole, and not before. */
async function save(
  chunks: AsyncIterable<string>,
  { file, format }: { file: string; format: ExportFormat },
): Promise<Written> {
  const half = `${file}.part`;
  const written: Written = { requests: format === "csv" ? -1 : 0, bytes: 0 };
  let quoted = false;
  try {
    const handle = await open(half, "w");
    try {
      for await (const chunk of chunks) {
        await handle.appendFile(chunk);
        written.bytes += Buffer.byteLength(chunk);
        // In a cell of CSV, a line may end too.
        for (const [i, part] of (format === "csv" ? chunk.split('"') : [chunk]).entries()) {
          if (i > 0) quoted = !quoted;
          if (!quoted) written.requests += part.split("\n").length - 1;
        }
      }
    } finally {
      await handle.close();
    }
    await rename(half, file);
    return written;
  } catch (error) {
    await rm(half, { force: true });
    if (error instanceof CommandError || typeof (error as NodeJS.ErrnoException).code !== "string") throw error;
    const { en, zh } = fileTrouble(error);
    throw new CommandError({ en: `${file}: ${en}`, zh: `${file}：${zh}` });
  }
}

function report(
  { requests, bytes }: Written,
  { file, format, asJson }: { file: string; format: ExportFormat; asJson: boolean },
  { out, language }: Terminal,
): void {
  if (asJson) {
    out(JSON.stringify({ file, format, requests, bytes }));
    return;
  }
  const text: BilingualText = {
    en: `✓ ${requests} ${requests === 1 ? "request" : "requests"}, ${bytes} bytes: ${file}`,
    zh: `✓ ${requests} 个请求，${bytes} 字节：${file}`,
  };
  out(text[language]);
}
