import type { Language } from "../indicators/language.js";
import { consoleChannel } from "../notify/console/console-channel.js";
import { loadRules } from "../server/load-rules.js";
import { type LocalServer, startLocalServer } from "../server/local-server.js";
import { claimDemoFolder } from "./demo-folder.js";
import { writeDemoRules } from "./demo-rules.js";
import { DEMO_TEXTS } from "./demo-texts.js";
import { serverLine } from "./server-line.js";

export interface DemoServerOptions {
  language: Language;
  /** Alerts and the first line. */
  say(line: string): void;
  /** What went wrong. */
  warn(line: string): void;
}

const PARENT_FOLDER = ".chainwatch";
const USUAL_PORT = 4318;

/** The local server on an empty folder of the demo's own; on a free port when the usual one is taken. */
export async function startDemoServer({ language, say, warn }: DemoServerOptions): Promise<LocalServer> {
  const dataDir = claimDemoFolder(PARENT_FOLDER);
  const { rules } = loadRules(writeDemoRules(dataDir), {});
  const server = await startLocalServer({
    rules,
    channels: [consoleChannel(say, language)],
    log: warn,
    dataDir,
    host: "127.0.0.1",
    port: USUAL_PORT,
    portFallback: true,
    token: undefined,
    externalUrl: undefined,
    pageLanguage: undefined,
    language,
  });
  if (server.port !== USUAL_PORT) say(DEMO_TEXTS.portTaken[language]);
  say(serverLine({ url: server.url, dataDir: server.dataDir, rules: rules.length }, language));
  return server;
}
