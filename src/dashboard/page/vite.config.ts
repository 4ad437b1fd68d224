import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  build: {
    outDir: "../../../dist/page",
    emptyOutDir: true,
    target: "es2022",
    // light-dark() as it is written: the colours of both themes stand side by side.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // The policy of the server allows no inline code, so nothing may be turned into a data: URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
