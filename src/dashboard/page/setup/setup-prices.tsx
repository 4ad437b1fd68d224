import type { SetupView } from "../../api/setup-view.js";
import { CodeBlock } from "../code-block.js";
import { formatCount } from "../format.js";
import { say } from "../language.js";
import { Table } from "../table.js";

/** The models whose calls have no cost, and how they get one. */
export function SetupPrices({ unpriced }: Pick<SetupView, "unpriced">) {
  const models = [...new Set(unpriced.map(({ model }) => model))];
  return (
    <section class="card" id="prices">
      <h2>{say({ en: "Models without a known price, 24 h", zh: "价格未知的模型（24 小时）" })}</h2>
      {unpriced.length === 0 ? (
        <p class="quiet">{say({ en: "None: costs are complete.", zh: "没有：成本完整。" })}</p>
      ) : (
        <>
          <Table
            columns={[
              { title: { en: "Model", zh: "模型" }, header: true, cell: ({ model }) => model },
              { title: { en: "Service", zh: "服务" }, cell: ({ service }) => service },
              { title: { en: "Calls", zh: "调用" }, number: true, cell: ({ calls }) => formatCount(calls) },
            ]}
            rows={unpriced}
            rowKey={({ service, model }) => `${service} ${model}`}
            label={{ en: "Models without a known price", zh: "价格未知的模型" }}
          />
          <p class="quiet">
            {say({
              en: "Their prices, US dollars per million tokens:",
              zh: "给出其价格（美元/百万 token）：",
            })}
          </p>
          <CodeBlock
            code={`instrument({ prices: { ${models.map((model) => `${JSON.stringify(model)}: { input: 0.5, output: 1.5 }`).join(", ")} } });`}
          />
        </>
      )}
    </section>
  );
}
