import { say } from "./language.js";

export function ComparePage() {
  return (
    <div class="title-row">
      <h1>{say({ en: "Compare", zh: "对比" })}</h1>
    </div>
  );
}
