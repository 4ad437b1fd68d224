import type { Channel } from "./channel.js";

/**
 * A channel whose cures name the environment variables that the file names, and not those that we propose.
 *
 * @param variables by the name that we propose
 */
export function withCureVariables(channel: Channel, variables: ReadonlyMap<string, string>): Channel {
  const renamed = (text: string): string => text.replace(/\b[A-Z][A-Z0-9_]+\b/g, (word) => variables.get(word) ?? word);
  return {
    ...channel,
    async deliver(notification, signal) {
      const delivery = await channel.deliver(notification, signal);
      if (delivery.delivered || delivery.cure === undefined) return delivery;
      const { en, zh } = delivery.cure;
      return { ...delivery, cure: { en: renamed(en), zh: renamed(zh) } };
    },
  };
}
