import { language, say } from "../language.js";
import { distanceText, type HeldFigure, thresholdDistance } from "./alert-distance.js";

/** How far a figure is from firing, or from the end of its alert, in words and as a small bar. */
export function AlertMeter({ of }: { of: HeldFigure }) {
  const distance = thresholdDistance(of);
  if (distance === undefined) {
    return of.value === undefined ? (
      <span class="quiet">{say({ en: "no data", zh: "暂无数据" })}</span>
    ) : (
      <span class="quiet">–</span>
    );
  }
  return (
    <span class={`alert-meter ${distance.side}`}>
      <span class="alert-meter-bar" aria-hidden="true">
        <span style={{ width: `${100 * distance.used}%` }} />
      </span>
      <span>{distanceText(of, distance, language.value)}</span>
    </span>
  );
}
