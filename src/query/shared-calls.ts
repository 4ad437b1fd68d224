/**
 * Answers equal calls that are under way at the same time with one. A board or a rules file asks many indicators of
 * the same instrument and window in one go; the store is asked once. Nothing outlives its call, so no answer is old.
 */
export function shareCalls<Input, Output>(call: (input: Input) => Promise<Output>): (input: Input) => Promise<Output> {
  const underWay = new Map<string, Promise<Output>>();
  return (input) => {
    const key = JSON.stringify(input);
    const known = underWay.get(key);
    if (known !== undefined) return known;
    const answer = call(input).finally(() => underWay.delete(key));
    underWay.set(key, answer);
    return answer;
  };
}
