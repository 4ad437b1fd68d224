/** The `Server` header of every answer of a Chainwatch server, by which it is known when it was taken for another. */
export const CHAINWATCH = "chainwatch";
