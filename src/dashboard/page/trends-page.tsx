import type { StatusView } from "../api/status-view.js";
import { say } from "./language.js";

export function TrendsPage({ status: _ }: { status: StatusView }) {
  return (
    <div class="title-row">
      <h1>{say({ en: "Trends", zh: "趋势" })}</h1>
    </div>
  );
}
