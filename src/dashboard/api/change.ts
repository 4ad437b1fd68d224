/** What new data can change on a page; `/api/stream` tells it as `{ what: Change[] }` in events named `changed`. */
export type Change = "traces" | "indicators" | "alerts";
