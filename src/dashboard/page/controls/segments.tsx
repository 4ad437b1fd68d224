import type { BilingualText } from "../../../indicators/language.js";
import { say } from "../language.js";
import { chooseAll } from "../route.js";
import "./segments.css";

interface SegmentsProps {
  /** What is chosen, for those who cannot see it. */
  legend: BilingualText;
  /** Its name in the address. */
  name: string;
  choices: readonly { value: string; label: BilingualText }[];
  /** One of the choices' values. */
  value: string;
  /** What else a choice sets in the address, or takes away with "". */
  besides?: (value: string) => Readonly<Record<string, string>>;
}

/** One choice of a few, in the address. */
export function Segments({ legend, name, choices, value, besides }: SegmentsProps) {
  return (
    <fieldset class="segments">
      <legend class="sr-only">{say(legend)}</legend>
      {choices.map((choice) => (
        <button
          type="button"
          key={choice.value}
          aria-pressed={choice.value === value}
          onClick={() => chooseAll({ [name]: choice.value, ...besides?.(choice.value) })}
        >
          {say(choice.label)}
        </button>
      ))}
    </fieldset>
  );
}
