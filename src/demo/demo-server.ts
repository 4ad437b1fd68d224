import type { Language } from "../indicators/language.js";
import { type LocalServer, startLocalServer } from "../server/local-server.js";
import { claimDemoFolder } from "./demo-folder.js";
import { writeDemoRules } from "./demo-rules.js";
import { DEMO_TEXTS } from "./demo-texts.js";

export interface DemoServerOptions {
  language: Language;
  say(line: string): void;
}

const PARENT = ".chainwatch";
const PORT = 4318;

/** The local server on an empty folder of the demo's own; on a free port when the usual one is taken. */
export async function startDemoServer({ language, say }: DemoServerOptions): Promise<LocalServer> {
  const dataDir = claimDemoFolder(PARENT);
  const settings = {
    configFile: writeDemoRules(dataDir),
    dataDir,
    host: "127.0.0.1",
    token: undefined,
    externalUrl: undefined,
    language,
    pageLanguage: undefined,
  };
  const start = (port: number) => startLocalServer({ settings: { ...settings, port }, print: say });
  try {
    return await start(PORT);
  } catch (error) {
    if (!isPortTaken(error)) throw error;
    say(DEMO_TEXTS.portTaken[language]);
    return start(0);
  }
}

function isPortTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "EADDRINUSE";
}
