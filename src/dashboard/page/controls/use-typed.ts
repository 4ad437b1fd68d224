import { useEffect, useRef, useState } from "preact/hooks";
import { chosen } from "../route.js";

/** What stands in a field: what the address says, until the reader types; drawing the field anew must not undo that. */
export function useTyped(name: string): [typed: string, type: (text: string) => void] {
  const value = chosen(name) ?? "";
  const [typed, setTyped] = useState(value);
  const taken = useRef(value);
  useEffect(() => {
    // The first run may come after the first letters.
    if (taken.current === value) return;
    taken.current = value;
    setTyped((now) => (now.trim() === value ? now : value));
  }, [value]);
  return [typed, setTyped];
}
