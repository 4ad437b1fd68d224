import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/pipeline/**/*.test.ts"],
    globalSetup: ["test/build-once.ts", "test/pipeline/make-parts.ts"],
    reporters: ["default", "./test/count-reporter.ts"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 300_000,
    // The first run installs a browser and a Docker engine, and builds images.
    hookTimeout: 1_800_000,
  },
});
