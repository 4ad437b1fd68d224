import { say } from "./language.js";

export function SetupPage() {
  return (
    <div class="title-row">
      <h1>{say({ en: "Set-up", zh: "接入" })}</h1>
    </div>
  );
}
