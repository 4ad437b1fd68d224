/** Sends an OTLP request in JSON. @throws when it was not accepted whole */
export async function postOtlp(url: string, body: object | string): Promise<void> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  if (answer.status !== 200 || text !== '{"partialSuccess":{}}') throw new Error(`${url}: ${answer.status} ${text}`);
}

/** Sends a serialized OTLP request. @throws when it was refused */
export async function postProtobuf(url: string, body: Uint8Array): Promise<void> {
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/x-protobuf" }, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
}
