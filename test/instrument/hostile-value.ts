/** Values that break code which trusts what it is given, each with its name. */
export function hostileValues(): readonly (readonly [name: string, value: unknown])[] {
  const cyclic: Record<string, unknown> = { name: "cyclic" };
  cyclic.self = cyclic;
  cyclic.generations = [[cyclic]];
  cyclic.cause = cyclic;
  const throwing = new Proxy(
    {},
    {
      get() {
        throw new Error("get");
      },
      has() {
        throw new Error("has");
      },
      ownKeys() {
        throw new Error("ownKeys");
      },
      getPrototypeOf() {
        throw new Error("getPrototypeOf");
      },
    },
  );
  const revokedObject = Proxy.revocable({}, {});
  revokedObject.revoke();
  const revokedList = Proxy.revocable([], {});
  revokedList.revoke();
  const getter = Object.defineProperty({}, "message", {
    enumerable: true,
    get() {
      throw new Error("getter");
    },
  });
  const text = {
    toString() {
      throw new Error("toString");
    },
    toJSON() {
      throw new Error("toJSON");
    },
    [Symbol.toPrimitive]() {
      throw new Error("toPrimitive");
    },
  };
  let deep: unknown = "end";
  for (let depth = 0; depth < 20_000; depth++) deep = depth % 2 === 0 ? [deep] : { deep };
  return [
    ["undefined", undefined],
    ["null", null],
    ["a number", 7],
    ["NaN", Number.NaN],
    ["a string", "text"],
    ["a big integer", 12n],
    ["a symbol", Symbol("s")],
    ["a function", () => undefined],
    ["an empty object", {}],
    ["an object without prototype", Object.create(null)],
    ["a cycle", cyclic],
    ["a proxy that throws", throwing],
    ["a revoked proxy", revokedObject.proxy],
    ["a revoked proxy of a list", revokedList.proxy],
    ["a getter that throws", getter],
    ["a toString that throws", text],
    ["a list of all sorts", [throwing, text, cyclic, null, [[]], 1n]],
    ["20,000 levels", deep],
    ["a holey list", Array(5_000_000)],
    ["bytes", new Uint8Array(1_000)],
    ["an invalid date", new Date(Number.NaN)],
  ];
}
