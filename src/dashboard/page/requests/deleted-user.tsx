import type { DeletedUserView } from "../../api/deleted-user-view.js";
import { formatCount } from "../format.js";
import { say } from "../language.js";

/** What a deletion has removed. */
export function DeletedUser({ view }: { view: DeletedUserView }) {
  const { user_id: user, deleted, set_aside: aside } = view;
  const { requests, traces, spans, errors, json_lines: lines, points } = deleted;
  const count = (value: number): string => formatCount(value);
  const nothing = Object.values(deleted).every((value) => value === 0);
  return (
    <div class="notice" role="status">
      <p>
        {nothing
          ? say({ en: `Nothing is stored of user ${user}.`, zh: `没有存储用户 ${user} 的任何数据。` })
          : say({
              en: `Deleted of user ${user}: ${count(requests)} request records, ${count(traces)} traces (${count(spans)} spans), ${count(errors)} error records, ${count(lines)} JSON lines, ${count(points)} metric points, and the totals by user.`,
              zh: `已删除用户 ${user} 的数据：${count(requests)} 条请求记录、${count(traces)} 条链路（${count(spans)} 个 span）、${count(errors)} 条错误记录、${count(lines)} 行 JSON、${count(points)} 个指标点，以及按用户的汇总。`,
            })}
      </p>
      {aside.length > 0 && (
        <p>
          {say({
            en: "Damaged files that were set aside may hold something of the user; delete them by hand:",
            zh: "已隔离的损坏文件中可能仍有该用户的数据，请手动删除：",
          })}{" "}
          <code>{aside.join(", ")}</code>
        </p>
      )}
    </div>
  );
}
