import type { BilingualText } from "../../indicators/language.js";
import { say } from "./language.js";
import { choose } from "./route.js";

interface SegmentsProps {
  /** What is chosen, for those who cannot see it. */
  legend: BilingualText;
  /** Its name in the address. */
  name: string;
  choices: readonly { value: string; label: BilingualText }[];
  /** One of the choices' values. */
  value: string;
}

/** One choice of a few, in the address. */
export function Segments({ legend, name, choices, value }: SegmentsProps) {
  return (
    <fieldset class="segments">
      <legend class="sr-only">{say(legend)}</legend>
      {choices.map((choice) => (
        <button
          type="button"
          key={choice.value}
          aria-pressed={choice.value === value}
          onClick={() => choose(name, choice.value)}
        >
          {say(choice.label)}
        </button>
      ))}
    </fieldset>
  );
}
