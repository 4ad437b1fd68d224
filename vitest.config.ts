import { defineConfig } from "vitest/config";

/** Folders whose tests are of functions and of what these are given: no settings, signals or hooks of the process. */
const PLAIN = ["alert", "dashboard", "indicators", "query", "receive"].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    projects: [
      // They leave nothing behind in their process, so the next file need not wait for a new one.
      { extends: true, test: { name: "plain", include: PLAIN, isolate: false } },
      {
        extends: true,
        test: { name: "own process", include: ["test/**/*.test.ts"], exclude: ["test/pipeline/**", ...PLAIN] },
      },
    ],
    globalSetup: ["test/build-once.ts"],
    reporters: ["default", "./test/count-reporter.ts"],
    pool: "forks",
    // One more than the cores of a small machine: many tests wait for a time-out or a process.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
