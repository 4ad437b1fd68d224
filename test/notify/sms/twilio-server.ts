import { type Answer, HttpService, type Posted } from "../http-service.js";

export const ACCOUNT = `AC${"0a".repeat(16)}`;
export const TOKEN = "1f2e3d4c5b6a79880123456789abcdef";

/** What a message was created with. */
export const formOf = ({ body }: Posted): Record<string, string> => Object.fromEntries(new URLSearchParams(body));

/** A refusal as Twilio words it; without a number, of every request. */
export interface Refusal {
  to?: string;
  status: number;
  code: number;
  message: string;
}

/**
 * The part of Twilio's Messages API that sends: path, login and form are checked, a message is queued with 201, and a
 * refusal is an error with a code. https://www.twilio.com/docs/messaging/api/message-resource
 */
export function twilioServer(refusals: () => readonly Refusal[] = () => []): Promise<HttpService> {
  const answer: Answer = (posted, response) => {
    const form = formOf(posted);
    const reply = (status: number, body: object): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const refuse = ({ status, code, message }: Refusal): void =>
      reply(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
    const login = `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString("base64")}`;
    const refusal = refusals().find(({ to }) => to === undefined || to === form.To);
    if (posted.headers.authorization !== login) {
      refuse({ status: 401, code: 20003, message: "Authenticate" });
    } else if (posted.method !== "POST" || posted.path !== `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`) {
      refuse({ status: 404, code: 20404, message: `The requested resource ${posted.path} was not found` });
    } else if (refusal !== undefined) {
      refuse(refusal);
    } else if ((form.Body ?? "") === "" || (form.Body ?? "").length > 1600) {
      refuse({ status: 400, code: 21617, message: "The concatenated message body exceeds the 1600 character limit" });
    } else {
      reply(201, { sid: `SM${"0b".repeat(16)}`, status: "queued", to: form.To, error_code: null, error_message: null });
    }
  };
  return HttpService.start(answer);
}
