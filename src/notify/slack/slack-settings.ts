import { z } from "zod";
import { FROM_ENVIRONMENT } from "../from-environment.js";
import { mentioned } from "../robot/robot-settings.js";
import { webAddress } from "../web-address.js";

const yesOrNo = (description: string) => z.boolean({ error: "true or false" }).optional().meta({ description });

/** The `slack` of a receiver. */
export const SLACK_SETTINGS = z.strictObject(
  {
    url: webAddress("the incoming webhook's address, such as https://hooks.slack.com/services/…").meta({
      ...FROM_ENVIRONMENT,
      description: "The incoming webhook's address. Keep it in the environment.",
    }),
    at: z
      .strictObject(
        {
          users: mentioned(
            "member ids, such as U024BE7LH",
            /^[UW][A-Z0-9]{2,}$/,
            "People who are mentioned while an alert fires, by member id.",
          ),
          groups: mentioned("user group ids, such as S0614TZR7", /^S[A-Z0-9]{2,}$/, "User groups, by id."),
          here: yesOrNo("Everybody in the channel who is online."),
          channel: yesOrNo("Everybody in the channel."),
        },
        { error: "a map with users, groups, here and channel" },
      )
      .optional()
      .meta({ description: "Who is mentioned while an alert fires." }),
  },
  { error: "a map with url and at" },
);

export type SlackSettings = z.output<typeof SLACK_SETTINGS>;
