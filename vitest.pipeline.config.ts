import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/pipeline/**/*.test.ts"],
    globalSetup: ["test/build-once.ts"],
    reporters: ["default", "./test/count-reporter.ts"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});
