import { signal } from "@preact/signals";

/** The one service that board and trace list show; undefined: all. */
export const chosenService = signal<string | undefined>(undefined);
