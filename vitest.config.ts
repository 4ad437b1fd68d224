import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/pipeline/**"],
    globalSetup: ["test/build-once.ts"],
    reporters: ["default", "./test/count-reporter.ts"],
    pool: "forks",
    // The default leaves a core free, which is half of a machine with two.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
