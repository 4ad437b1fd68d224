import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import type { Language } from "../indicators/language.js";
import type { Reply } from "./reply.js";

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/**
 * The built page, read into memory once: no path of a request ever reaches the file system. Every address without a
 * file of its own is a view of the page, which finds out itself what to show.
 */
export class PageFiles {
  readonly #files = new Map<string, Reply>();

  /** @param language for browsers whose reader has not chosen; undefined: the browser's own. */
  constructor(folder: string, language: Language | undefined) {
    if (!existsSync(join(folder, "index.html"))) {
      throw new Error(`the web page is not built: expected ${join(folder, "index.html")}. Run: npm run build`);
    }
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      const contentType = CONTENT_TYPES[extname(entry.name)];
      if (contentType === undefined) throw new Error(`the web page has a file of unknown type: ${file}`);
      const path = file.slice(folder.replace(/\/$/, "").length).replaceAll("\\", "/");
      this.#files.set(path, {
        status: 200,
        contentType,
        body: readFileSync(file),
        // Names of assets carry a hash of their content.
        headers: path.startsWith("/assets/") ? { "Cache-Control": "public, max-age=31536000, immutable" } : {},
      });
    }
    const html = String(this.#files.get("/index.html")?.body);
    const marked = html.replace(
      'name="chainwatch-language" content=""',
      `name="chainwatch-language" content="${language ?? ""}"`,
    );
    this.#files.set("/", { status: 200, contentType: CONTENT_TYPES[".html"] as string, body: marked });
    this.#files.delete("/index.html");
  }

  /** Whether a file of its own is at the path. */
  has(path: string): boolean {
    return this.#files.has(path);
  }

  /** Undefined: there is no such file. */
  find(path: string): Reply | undefined {
    const file = this.#files.get(path);
    if (file) return file;
    return path.startsWith("/assets/") || path.startsWith("/api/") || path.startsWith("/v1/")
      ? undefined
      : this.#files.get("/");
  }
}
