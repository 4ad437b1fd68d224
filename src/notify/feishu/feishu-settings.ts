import { z } from "zod";
import { everybody, mentioned, robotKeyword, robotSecret, robotUrl } from "../robot/robot-settings.js";

/** The block of a receiver that is a custom bot of a Feishu or Lark group. */
export const FEISHU_SETTINGS = z.strictObject(
  {
    url: robotUrl(
      "https://open.feishu.cn/open-apis/bot/v2/hook/… or https://open.larksuite.com/open-apis/bot/v2/hook/…",
    ),
    secret: robotSecret,
    keyword: robotKeyword,
    at: z
      .strictObject(
        {
          userIds: mentioned(
            'Feishu user ids, such as "ou_18eac85d35a26f989317ad4f02e8bbbb"',
            /^[\w-]+$/,
            "Members of the group who are mentioned while an alert fires, by open_id (ou_…) or user_id.",
          ),
          all: everybody.meta({
            description:
              "Mentions everybody while an alert fires. The group must allow it, or Feishu takes no message.",
          }),
        },
        { error: "a map with userIds and all" },
      )
      .optional(),
  },
  { error: "a map with url, secret, keyword and at" },
);

export type FeishuSettings = z.output<typeof FEISHU_SETTINGS>;
