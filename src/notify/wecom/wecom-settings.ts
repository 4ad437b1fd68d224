import { z } from "zod";
import { everybody, mentioned, robotUrl } from "../robot/robot-settings.js";

/** The block of a receiver that is a robot of a WeCom group. WeCom's robots check no signature and no keyword. */
export const WECOM_SETTINGS = z.strictObject(
  {
    url: robotUrl("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…"),
    at: z
      .strictObject(
        {
          userIds: mentioned(
            "WeCom user ids",
            /^[A-Za-z0-9][\w@.-]*$/,
            "Members of the group who are mentioned while an alert fires, by user id.",
          ),
          mobiles: mentioned(
            'mobile numbers, such as "13800000000"',
            /^\+?\d[\d-]{3,19}$/,
            "The same by mobile number. WeCom knows those only in messages without markup, which are sent then.",
          ),
          all: everybody.meta({
            description: "Mentions everybody while an alert fires, in a message without markup, as WeCom wants it.",
          }),
        },
        { error: "a map with userIds, mobiles and all" },
      )
      .optional(),
  },
  { error: "a map with url and at" },
);

export type WecomSettings = z.output<typeof WECOM_SETTINGS>;
