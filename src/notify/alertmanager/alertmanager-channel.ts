import type { Language } from "../../indicators/language.js";
import { Secret } from "../../receive/secret.js";
import type { Channel } from "../channel.js";
import type { Delivery } from "../delivery.js";
import { exchangesTogether } from "../exchanges-together.js";
import { callHttp, deliveryByStatus } from "../http-call.js";
import { alertmanagerMessage } from "./alertmanager-message.js";
import type { AlertmanagerSettings } from "./alertmanager-settings.js";

const RESEND_S = 60;

/**
 * So many re-sends may be missed before an alert is taken for resolved: a restart, an update or an outage of ours must
 * not end it. What really resolves is said at once, so this is long.
 */
const MISSED_RESENDS = 10;

/**
 * Tells Alertmanagers, which then route, group and silence by themselves. Every peer of a cluster is told, since they
 * do not hand on alerts to each other. It is delivered once one has taken it: a cluster tells people of what any
 * member knows, and the re-send reaches the others when they are back.
 *
 * @param now Unix time in milliseconds
 */
export function alertmanagerChannel(
  name: string,
  settings: AlertmanagerSettings & { language: Language },
  now = Date.now,
): Channel {
  const { urls, resend_every: resendS = RESEND_S, language } = settings;
  const peers = urls.map(alertsAddress);
  const headers = authorization(settings);
  return {
    name,
    forgetsAfterS: resendS,
    async deliver(notification, signal) {
      const nowMs = now();
      const holdsUntilMs = nowMs + MISSED_RESENDS * resendS * 1000;
      const body = JSON.stringify(alertmanagerMessage(notification, language, holdsUntilMs));
      const deliveries = await Promise.all(
        peers.map(async (peer): Promise<PeerDelivery> => {
          const call = { url: peer.address, headers, contentType: "application/json" as const, body, signal };
          const answered = await callHttp(call, nowMs);
          const delivery = "failed" in answered ? answered.failed : deliveryByStatus(answered.reply);
          return { ...peer, delivery };
        }),
      );
      return together(deliveries);
    },
  };
}

interface Peer {
  /** `alertmanager:9093`, for messages. */
  host: string;
  address: Secret;
}

interface PeerDelivery extends Peer {
  delivery: Delivery;
}

function alertsAddress(url: Secret): Peer {
  const address = new URL(url.reveal());
  address.pathname = `${address.pathname.replace(/\/+$/, "")}/api/v2/alerts`;
  return { host: address.host, address: new Secret(address.href) };
}

function authorization({ basic_auth, bearer_token }: AlertmanagerSettings): Record<string, Secret> {
  if (bearer_token !== undefined) return { authorization: new Secret(`Bearer ${bearer_token.reveal()}`) };
  if (basic_auth === undefined) return {};
  const credentials = `${basic_auth.username}:${basic_auth.password.reveal()}`;
  return { authorization: new Secret(`Basic ${Buffer.from(credentials).toString("base64")}`) };
}

/** One that took it is enough; when none did, what each said. */
function together(peers: readonly PeerDelivery[]): Delivery {
  const exchange = exchangesTogether(
    peers.map(({ host, delivery }) => ({
      request: "",
      ...delivery.exchange,
      answer: `${host}: ${answerOf(delivery)}`,
    })),
  );
  const failures = peers.flatMap(({ host, delivery }) => (delivery.delivered ? [] : [{ host, ...delivery }]));
  if (failures.length < peers.length) return { delivered: true, exchange };
  const waitsMs = failures.flatMap(({ retry, retryAfterMs }) => (retry ? (retryAfterMs ?? []) : []));
  const cure = failures.find(({ cure }) => cure !== undefined)?.cure;
  return {
    delivered: false,
    retry: failures.some(({ retry }) => retry),
    message: failures.map(({ host, message }) => (failures.length === 1 ? message : `${host}: ${message}`)).join("; "),
    exchange,
    ...(waitsMs.length > 0 && { retryAfterMs: Math.min(...waitsMs) }),
    ...(cure !== undefined && { cure }),
  };
}

function answerOf(delivery: Delivery): string {
  return delivery.exchange?.answer ?? (delivery.delivered ? "" : delivery.message);
}
