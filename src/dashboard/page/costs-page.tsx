import { say } from "./language.js";

export function CostsPage() {
  return (
    <div class="title-row">
      <h1>{say({ en: "Costs", zh: "成本" })}</h1>
    </div>
  );
}
