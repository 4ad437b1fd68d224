import { formatValue } from "../../indicators/format-value.js";
import type { SamplesView } from "../api/indicators-view.js";
import { apiPath } from "./api-path.js";
import { formatCount } from "./format.js";
import { language, say } from "./language.js";
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
  return (
    <section class="card">
      <h2>{say({ en: "Models", zh: "模型" })}</h2>
      {models.length === 0 ? (
        <p class="quiet">{say({ en: "No model calls in this window.", zh: "此窗口内没有模型调用。" })}</p>
      ) : (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{say({ en: "Model", zh: "模型" })}</th>
                <th scope="col" class="number">
                  {say({ en: "Calls", zh: "调用" })}
                </th>
                <th scope="col" class="number">
                  {say({ en: "Errors", zh: "错误" })}
                </th>
                <th scope="col" class="number">
                  {say({ en: "Tokens", zh: "Token" })}
                </th>
                <th scope="col" class="number">
                  {say({ en: "Cost", zh: "成本" })}
                </th>
              </tr>
            </thead>
            <tbody>
              {models.map((model) => (
                <tr key={model}>
                  <th scope="row">{model || say({ en: "(unnamed)", zh: "（未命名）" })}</th>
                  <td class="number">{shown(calls.get(model), formatCount)}</td>
                  <td class="number">
                    {shown(errors.get(model), (value) => formatValue({ unit: "%" }, value, language.value))}
                  </td>
                  <td class="number">{shown(tokens.get(model), formatCount)}</td>
                  <td class="number">
                    {shown(cost.get(model), (value) => formatValue({ unit: "USD" }, value, language.value))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
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
