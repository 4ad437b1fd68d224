import { SplitTable } from "../split-table.js";

export function NowTools({ windowS, service }: { windowS: number; service: string | undefined }) {
  return (
    <SplitTable
      title={{ en: "Tools", zh: "工具" }}
      by="tool"
      rowTitle={{ en: "Tool", zh: "工具" }}
      columns={[
        { id: "tools.calls", title: { en: "Calls", zh: "调用" } },
        { id: "tools.error_rate", title: { en: "Errors", zh: "错误" } },
      ]}
      share
      empty={{ en: "No tool calls in this window.", zh: "此窗口内没有工具调用。" }}
      windowS={windowS}
      service={service}
    />
  );
}
