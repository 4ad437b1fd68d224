import { useState } from "preact/hooks";
import type { DeletedUserView } from "../../api/deleted-user-view.js";
import { apiPath } from "../api-path.js";
import { send } from "../connection.js";
import { FormDialog } from "../controls/form-dialog.js";
import { FormField } from "../controls/form-field.js";
import { say } from "../language.js";

interface DeleteUserDialogProps {
  /** To begin with; "" for none. */
  user: string;
  onDeleted(view: DeletedUserView): void;
  onClose(): void;
}

/** Asks before what is stored of a user is deleted, and says what goes and what stays. */
export function DeleteUserDialog({ user: first, onDeleted, onClose }: DeleteUserDialogProps) {
  const [user, setUser] = useState(first);

  async function remove(): Promise<string | undefined> {
    const answer = await send<DeletedUserView>("DELETE", apiPath("/api/users", { id: user }));
    if (!("data" in answer)) return answer.failure;
    onDeleted(answer.data);
    return undefined;
  }

  return (
    <FormDialog
      title={say({ en: "Delete a user's data", zh: "删除用户数据" })}
      action={say({ en: "Delete for good", zh: "彻底删除" })}
      isFinal
      onSubmit={remove}
      onClose={onClose}
    >
      <FormField
        label={{ en: "User id, exactly as it is stored", zh: "用户 ID（与存储的完全一致）" }}
        name="user"
        required
        autocomplete="off"
        spellcheck={false}
        value={user}
        onChange={setUser}
      />
      <div class="deletion">
        <h3>{say({ en: "What goes, for good", zh: "将被彻底删除" })}</h3>
        <ul>
          <li>
            {say({
              en: "all request records, here and in the daily JSON lines",
              zh: "全部请求记录，包括每日 JSON lines 中的",
            })}
          </li>
          <li>
            {say({
              en: "all traces, with captured prompts and answers; of a trace with other users, only this user's spans",
              zh: "全部链路及其中采集的提示与回答；若链路中还有其他用户，则只删除该用户的 span",
            })}
          </li>
          <li>
            {say({
              en: "all error records of these traces, and the totals by user",
              zh: "这些链路的全部错误记录，以及按用户的汇总",
            })}
          </li>
        </ul>
        <h3>{say({ en: "What stays", zh: "将会保留" })}</h3>
        <ul>
          <li>
            {say({
              en: "figures that are summed up over all users, and the history of alerts",
              zh: "对全部用户汇总的数据，以及告警历史",
            })}
          </li>
          <li>
            {say({
              en: "what was sent elsewhere: Jaeger, a metrics backend, a Collector's files, exports",
              zh: "发往别处的数据：Jaeger、指标后端、Collector 的文件、已导出的文件",
            })}
          </li>
        </ul>
        <p class="quiet">
          {say({
            en: "The database is written anew, so this takes seconds for each GB; nothing is answered meanwhile.",
            zh: "数据库会重新写入，每 GB 需要数秒，其间无法应答。",
          })}
        </p>
      </div>
    </FormDialog>
  );
}
