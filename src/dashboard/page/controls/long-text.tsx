import { useState } from "preact/hooks";
import { say } from "../language.js";

/** Characters; a longer text would push everything else off the page, and laying out a very long one takes long. */
const SHOWN_AT_FIRST = 2_000;

/** A text of telemetry; of a long one the beginning, and the rest after a click. */
export function LongText({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  if (whole || text.length <= SHOWN_AT_FIRST) return <>{text}</>;
  const rest = (text.length - SHOWN_AT_FIRST).toLocaleString("en-US");
  return (
    <>
      {text.slice(0, SHOWN_AT_FIRST)}…{" "}
      <button type="button" class="plain" onClick={() => setWhole(true)}>
        {say({ en: `Show ${rest} more characters`, zh: `显示其余 ${rest} 个字符` })}
      </button>
    </>
  );
}
