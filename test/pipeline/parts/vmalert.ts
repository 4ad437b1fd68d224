import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { freePorts } from "./free-ports.js";
import { vmalertProgram } from "./go-parts.js";
import { PartProcess } from "./part-process.js";

/** Where vmalert reads the metrics, and writes what it found: the `ALERTS` series. */
interface VmalertPlaces {
  rulesFile: string;
  /** Base URL of a VictoriaMetrics. */
  backendUrl: string;
}

/** A real vmalert that evaluates rules as time passes. */
export interface Vmalert {
  part: PartProcess;
  url: string;
}

/** @param notifierUrl base URL of the Alertmanager that is told */
export async function startVmalert({
  notifierUrl,
  ...places
}: VmalertPlaces & { notifierUrl: string }): Promise<Vmalert> {
  const program = await vmalertProgram();
  const { http } = await freePorts("http");
  const url = `http://127.0.0.1:${http}`;
  const part = await PartProcess.start({
    name: "vmalert",
    program,
    args: [
      ...argumentsFor(places),
      `-notifier.url=${notifierUrl}`,
      `-httpListenAddr=127.0.0.1:${http}`,
      // Otherwise it asks about 30 s ago.
      "-rule.evalDelay=0s",
    ],
    readyUrl: `${url}/health`,
  });
  return { part, url };
}

/** Lets a real vmalert evaluate rules for times that are over. The first is evaluated, and each whole interval after. */
export async function replayVmalert(
  places: VmalertPlaces,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<void> {
  const program = await vmalertProgram();
  const iso = (ms: number): string => new Date(ms).toISOString();
  await promisify(execFile)(program, [
    ...argumentsFor(places),
    "-notifier.blackhole",
    `-replay.timeFrom=${iso(fromMs)}`,
    `-replay.timeTo=${iso(toMs)}`,
    "-replay.disableProgressBar",
    "-replay.rulesDelay=0s",
  ]);
}

/** What a `vmalert -dryRun` says of rules. @throws {Error} with its reason, when it refuses them */
export async function checkWithVmalert(rulesFile: string): Promise<void> {
  await promisify(execFile)(await vmalertProgram(), ["-dryRun", `-rule=${rulesFile}`]);
}

function argumentsFor({ rulesFile, backendUrl }: VmalertPlaces): string[] {
  return [
    `-rule=${rulesFile}`,
    `-datasource.url=${backendUrl}`,
    `-remoteWrite.url=${backendUrl}`,
    `-remoteRead.url=${backendUrl}`,
    "-remoteWrite.flushInterval=200ms",
  ];
}
