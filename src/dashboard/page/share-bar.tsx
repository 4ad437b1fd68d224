import { formatValue } from "../../indicators/format-value.js";
import { language } from "./language.js";

/** A part of a whole, as a bar and in percent. `share`: 0 to 1. */
export function ShareBar({ share }: { share: number }) {
  return (
    <span class="share">
      <span class="share-track" aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
      <span class="share-text">{formatValue({ unit: "%" }, share * 100, language.value)}</span>
    </span>
  );
}
