import type { Attributes, AttributeValue } from "../../../receive/telemetry-batch.js";
import { LongText } from "../controls/long-text.js";
import { say } from "../language.js";

export function AttributeTable({ attributes }: { attributes: Attributes }) {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return <p class="quiet">{say({ en: "None.", zh: "无。" })}</p>;
  return (
    <table class="attributes">
      <tbody>
        {names.map((name) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <Value value={attributes[name]} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Telemetry is text. An address becomes a link only when it is http or https: a `javascript:` one would run. */
function Value({ value }: { value: AttributeValue | undefined }) {
  if (typeof value === "string" && /^https?:\/\/\S+$/i.test(value) && URL.canParse(value)) {
    return (
      <a href={value} target="_blank" rel="noopener noreferrer nofollow">
        {value}
      </a>
    );
  }
  return <LongText text={typeof value === "string" ? value : JSON.stringify(value)} />;
}
