import type { AlertState, Condition, Watched } from "../../../alert/alert-view.js";
import { holds, type Threshold } from "../../../alert/threshold.js";
import { watchedFigure } from "../../../alert/watched.js";
import { formatNumber } from "../../../indicators/format-value.js";
import type { Language } from "../../../indicators/language.js";

/** A rule's figure, and what it is held against. */
export interface HeldFigure extends Watched, Condition {
  unit: string;
  /** Absent: no data. */
  value?: number | undefined;
  state: AlertState;
  /** A firing alert ends only when this holds. */
  resolveWhen?: Threshold | undefined;
}

/** How far a figure is from the threshold that counts next. */
export interface ThresholdDistance {
  /**
   * `away`: the condition does not hold. `beyond`: it does. `ending`: it no longer does, but the alert fires until
   * `resolveWhen` holds, and that is how far it is.
   */
  side: "away" | "beyond" | "ending";
  /** In the figure's unit, never negative. */
  by: number;
  /** Of the threshold, in percent; absent where the figure is a percentage itself, or the threshold is 0. */
  percent?: number;
  /** How much of the way to firing is gone, 0 to 1. */
  used: number;
}

/** @returns undefined without data, or where an expression compares by itself */
export function thresholdDistance(of: HeldFigure): ThresholdDistance | undefined {
  const { op, threshold, value, state, resolveWhen } = of;
  if (op === undefined || threshold === undefined || value === undefined) return undefined;
  if (holds({ op, value: threshold }, value)) return { side: "beyond", used: 1, ...gap(of, value, threshold) };
  if (state === "firing" && resolveWhen !== undefined && !holds(resolveWhen, value)) {
    return { side: "ending", used: 1, ...gap(of, value, resolveWhen.value) };
  }
  return { side: "away", used: usedShare(of, op.startsWith(">"), threshold, value), ...gap(of, value, threshold) };
}

function gap({ unit }: HeldFigure, value: number, threshold: number): Pick<ThresholdDistance, "by" | "percent"> {
  const by = Math.abs(value - threshold);
  return unit === "%" || threshold === 0 ? { by } : { by, percent: (100 * by) / Math.abs(threshold) };
}

/** From where the figure is at its best: 0, or 100 % where less is worse. A change has no such place but 0. */
function usedShare(
  { unit, compare_to: compareTo }: HeldFigure,
  isWorseAbove: boolean,
  threshold: number,
  value: number,
) {
  const best = !isWorseAbove && unit === "%" && compareTo === undefined ? 100 : 0;
  const share = isWorseAbove || best === 100 || threshold < 0 ? (value - best) / (threshold - best) : threshold / value;
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
}

/** `38 % away`, `2 points below`, `12 % until it ends`. */
export function distanceText(of: HeldFigure, { side, by, percent }: ThresholdDistance, language: Language): string {
  const zh = language === "zh";
  if (by === 0) return zh ? "正在阈值上" : "at the threshold";
  const far = percent === undefined ? plainGap(of, by, language) : percentText(percent);
  switch (side) {
    case "away":
      return zh ? `还差 ${far}` : `${far} away`;
    case "beyond":
      if (of.op?.startsWith("<")) return zh ? `低于阈值 ${far}` : `${far} below`;
      return zh ? `超出阈值 ${far}` : `${far} above`;
    case "ending":
      return zh ? `距恢复还差 ${far}` : `${far} until it ends`;
  }
}

/** Of a percentage in points: 2 % less than 97 % may be meant otherwise. */
function plainGap(of: HeldFigure, by: number, language: Language): string {
  if (of.unit !== "%") return watchedFigure({ unit: of.unit }, by, language);
  const points = formatNumber({ unit: "%" }, by);
  if (language === "zh") return `${points} 个百分点`;
  return `${points} ${points === "1" ? "point" : "points"}`;
}

function percentText(percent: number): string {
  if (percent < 0.1) return "<0.1 %";
  const shown = percent.toLocaleString("en-US", { maximumFractionDigits: percent < 10 ? 1 : 0 });
  return `${shown} %`;
}
