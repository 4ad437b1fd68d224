import type { BilingualText } from "../../../indicators/language.js";
import { say } from "../language.js";

interface FormFieldProps {
  label: BilingualText;
  /** Of the value in a form. */
  name: string;
  value: string;
  onChange(value: string): void;
  required?: boolean;
  maxLength?: number;
  /** What browsers may offer. Default: what they think fit. */
  autocomplete?: "name" | "off";
  /** Default: as browsers do. */
  spellcheck?: boolean;
}

/** One line of text in a form, below its label. */
export function FormField({ label, onChange, ...input }: FormFieldProps) {
  return (
    <label class="field">
      <span>{say(label)}</span>
      <input {...input} onInput={(event) => onChange(event.currentTarget.value)} />
    </label>
  );
}
