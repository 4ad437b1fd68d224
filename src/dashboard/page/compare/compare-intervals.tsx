import type { ComparedFigure, ComparedValue } from "../../../query/record-comparison.js";

const WIDTH = 140;
const HEIGHT = 26;

/** Both sides on one scale from 0: a dot for the value, a line for its interval. The table says the same in numbers. */
export function CompareIntervals({ figure: { a, b } }: { figure: ComparedFigure }) {
  const most = Math.max(0, ...[a, b].flatMap((side) => (side === undefined ? [] : [side.high ?? side.value])));
  if (most === 0) return null;
  const x = (value: number): number => 4 + (Math.max(0, value) / most) * (WIDTH - 8);
  return (
    <svg class="compare-intervals" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
      {a && <Side side={a} y={8} x={x} name="a" />}
      {b && <Side side={b} y={18} x={x} name="b" />}
    </svg>
  );
}

interface SideProps {
  side: ComparedValue;
  y: number;
  x(value: number): number;
  name: "a" | "b";
}

function Side({ side: { value, low = value, high = value }, y, x, name }: SideProps) {
  return (
    <g class={`side-${name}`}>
      <line x1={x(low)} x2={x(high)} y1={y} y2={y} />
      <circle cx={x(value)} cy={y} r="3" />
    </g>
  );
}
