import { useState } from "preact/hooks";
import type { ActiveAlertView, AlertTransition } from "../../../alert/alert-view.js";
import { comparisonText } from "../../../alert/watched.js";
import { send } from "../connection.js";
import { FormDialog } from "../controls/form-dialog.js";
import { FormField } from "../controls/form-field.js";
import { language, say } from "../language.js";
import { rememberAuthor, rememberedAuthor } from "./author.js";

/** Notes that somebody takes care of a firing alert. */
export function AlertAcknowledge({ alert, onClose }: { alert: ActiveAlertView; onClose(): void }) {
  const [author, setAuthor] = useState(rememberedAuthor);
  const [comment, setComment] = useState("");

  async function acknowledge(): Promise<string | undefined> {
    rememberAuthor(author);
    const body = { author, ...(comment !== "" && { comment }) };
    const answer = await send<AlertTransition>("POST", `/api/alerts/${alert.id}/ack`, body);
    return "data" in answer ? undefined : answer.failure;
  }

  return (
    <FormDialog
      title={`${say({ en: "Acknowledge: ", zh: "确认告警：" })}${say(alert.name)}`}
      action={say({ en: "Acknowledge", zh: "确认" })}
      onSubmit={acknowledge}
      onClose={onClose}
    >
      <p class="quiet">
        {comparisonText(alert, language.value)}
        {". "}
        {say({
          en: "Others see that you take care of it. It fires on until it is over.",
          zh: "其他人会看到由你处理。告警在恢复前仍会继续触发。",
        })}
      </p>
      <AuthorField value={author} onChange={setAuthor} />
      <FormField
        label={{ en: "Comment (optional)", zh: "备注（可选）" }}
        name="comment"
        maxLength={1000}
        value={comment}
        onChange={setComment}
      />
    </FormDialog>
  );
}

export function AuthorField({ value, onChange }: { value: string; onChange(value: string): void }) {
  return (
    <FormField
      label={{ en: "Your name", zh: "你的名字" }}
      name="author"
      autocomplete="name"
      required
      maxLength={200}
      value={value}
      onChange={onChange}
    />
  );
}
