/** Lets at most so many calls be under way; the others wait in order. */
export function limitCalls<Input, Output>(
  most: number,
  call: (input: Input) => Promise<Output>,
): (input: Input) => Promise<Output> {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  return async (input) => {
    if (underWay < most) underWay += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await call(input);
    } finally {
      const next = waiting.shift();
      // The place passes on, so nobody can take it in between.
      if (next === undefined) underWay -= 1;
      else next();
    }
  };
}
