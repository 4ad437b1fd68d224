import type { BilingualText } from "../indicators/language.js";

/** What was sent and what came back, without secrets: for `receivers test` and the log. */
export interface Exchange {
  /** `POST https://hooks.slack.com/[redacted]`, or for SMTP `to oncall@example.com by smtp.example.com:587`. */
  request: string;
  /** The body as text. */
  body?: string;
  /** Status and the beginning of the answer; absent without one. */
  answer?: string;
}

/** What became of one attempt to deliver a notification. */
export type Delivery =
  | { delivered: true; exchange?: Exchange }
  | {
      delivered: false;
      /** Another attempt may help. Without it the notification is given up, and shown as failed. */
      retry: boolean;
      /** The service asked to wait that long. Milliseconds. */
      retryAfterMs?: number;
      /** What went wrong, in the service's words where it gave any. */
      message: string;
      cure?: BilingualText;
      exchange?: Exchange;
    };
