/** The places of values that have none beside them; undefined: no data then. */
export function lonePoints(values: readonly (number | undefined)[]): number[] {
  return values.flatMap((value, index) =>
    value !== undefined && values[index - 1] === undefined && values[index + 1] === undefined ? index : [],
  );
}
