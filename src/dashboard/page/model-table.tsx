import { formatValue } from "../../indicators/format-value.js";
import type { SamplesView } from "../api/indicators-view.js";
import { apiPath } from "./api-path.js";
import { formatCount } from "./format.js";
import { language, say } from "./language.js";
import { type Column, Table } from "./table.js";
import { useLive } from "./use-live.js";

/** Who the work and the money go to. */
export function ModelTable({ windowS, service }: { windowS: number; service: string | undefined }) {
  const calls = useByModel("llm.calls", windowS, service);
  const errors = useByModel("llm.error_rate", windowS, service);
  const tokens = useByModel("tokens.total", windowS, service);
  const cost = useByModel("cost.total", windowS, service);
  const models = [...new Set([...calls.keys(), ...tokens.keys()])].sort(
    (a, b) => (cost.get(b) ?? 0) - (cost.get(a) ?? 0) || (calls.get(b) ?? 0) - (calls.get(a) ?? 0),
  );
  const columns: Column<string>[] = [
    {
      title: { en: "Model", zh: "模型" },
      header: true,
      cell: (model) => model || say({ en: "(unnamed)", zh: "（未命名）" }),
    },
    { title: { en: "Calls", zh: "调用" }, number: true, cell: (model) => shown(calls.get(model), formatCount) },
    {
      title: { en: "Errors", zh: "错误" },
      number: true,
      cell: (model) => shown(errors.get(model), (value) => formatValue({ unit: "%" }, value, language.value)),
    },
    { title: { en: "Tokens", zh: "Token" }, number: true, cell: (model) => shown(tokens.get(model), formatCount) },
    {
      title: { en: "Cost", zh: "成本" },
      number: true,
      cell: (model) => shown(cost.get(model), (value) => formatValue({ unit: "USD" }, value, language.value)),
    },
  ];
  return (
    <section class="card">
      <h2>{say({ en: "Models", zh: "模型" })}</h2>
      {models.length === 0 ? (
        <p class="quiet">{say({ en: "No model calls in this window.", zh: "此窗口内没有模型调用。" })}</p>
      ) : (
        <Table columns={columns} rows={models} rowKey={(model) => model} label={{ en: "Models", zh: "模型" }} />
      )}
    </section>
  );
}

/** Unknown is not zero: a model without a price has no cost. */
function shown(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? "–" : format(value);
}

function useByModel(id: string, windowS: number, service: string | undefined): Map<string, number> {
  const path = apiPath(`/api/indicators/${id}`, { window: windowS, by: "model", "where.service": service });
  const samples = useLive<SamplesView>(path, ["indicators"], 10_000).data?.samples ?? [];
  return new Map(samples.map(({ labels, value }) => [labels.model ?? "", value]));
}
