import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/pipeline/**"],
    globalSetup: ["test/build-once.ts"],
    reporters: ["default", "./test/count-reporter.ts"],
    pool: "forks",
    // One more than the cores of a small machine: many tests wait for a time-out or a process.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
