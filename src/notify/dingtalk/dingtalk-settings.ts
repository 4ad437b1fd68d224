import { z } from "zod";
import { everybody, mentioned, robotKeyword, robotSecret, robotUrl } from "../robot/robot-settings.js";

/** The block of a receiver that is a DingTalk group robot. */
export const DINGTALK_SETTINGS = z.strictObject(
  {
    url: robotUrl("https://oapi.dingtalk.com/robot/send?access_token=…"),
    secret: robotSecret,
    keyword: robotKeyword,
    at: z
      .strictObject(
        {
          mobiles: mentioned(
            'mobile numbers, such as "13800000000"',
            /^\+?\d[\d-]{3,19}$/,
            "Members of the group who are mentioned while an alert fires, by mobile number.",
          ),
          userIds: mentioned(
            "DingTalk user ids",
            /^[^\s<>()[\]*`\\]+$/,
            "Members of the group who are mentioned while an alert fires, by user id.",
          ),
          all: everybody,
        },
        { error: "a map with mobiles, userIds and all" },
      )
      .optional(),
  },
  { error: "a map with url, secret, keyword and at" },
);

export type DingtalkSettings = z.output<typeof DINGTALK_SETTINGS>;
