import { useEffect, useState } from "preact/hooks";
import { chosen } from "../route.js";

/** What stands in a field: what the address says, until the reader types; drawing the field anew must not undo that. */
export function useTyped(name: string): [typed: string, type: (text: string) => void] {
  const value = chosen(name) ?? "";
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped((now) => (now.trim() === value ? now : value)), [value]);
  return [typed, setTyped];
}
