import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePorts } from "./free-ports.js";
import { cachedPart } from "./part-cache.js";
import { PartProcess } from "./part-process.js";

const run = promisify(execFile);

const PACKAGE = "prometheus-alertmanager";

/** A real Alertmanager. */
export interface RealAlertmanager {
  part: PartProcess;
  /** Base URL of the API and the page. */
  url: string;
  /** Where others of its cluster find it: `host:port`. */
  clusterAddress: string;
}

/**
 * Debian's Alertmanager: the one of `ALERTMANAGER_PATH`, else of its package, which is unpacked and not installed, so
 * that no service of the machine starts. @returns path of its program
 */
export async function alertmanagerProgram(): Promise<string> {
  const named = process.env.ALERTMANAGER_PATH;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`ALERTMANAGER_PATH: expected an Alertmanager, found nothing at ${named}`);
  }
  const folder = await cachedPart({
    key: `debian-${PACKAGE}`,
    how: `from Debian's package ${PACKAGE}: about 10 MB, a few seconds`,
    make: unpackPackage,
  });
  return join(folder, "usr/bin", PACKAGE);
}

async function unpackPackage(folder: string): Promise<void> {
  const download = () => run("apt-get", ["download", "-qq", PACKAGE], { cwd: folder });
  try {
    // A fresh image has no list of packages yet.
    await download().catch(async () => {
      await run("apt-get", ["update", "-qq"]);
      await download();
    });
    const [archive = ""] = await readdir(folder);
    await run("dpkg", ["-x", archive, "."], { cwd: folder });
    await rm(join(folder, archive));
  } catch (error) {
    throw new Error(
      `apt-get and dpkg could not unpack ${PACKAGE}: get an Alertmanager and set ALERTMANAGER_PATH to its program`,
      { cause: error },
    );
  }
}

/**
 * @param folder an empty one, for its configuration and data; the same one again keeps silences and what was sent
 * @param config as in alertmanager.yml
 * @param peer another one, with which it makes a cluster
 */
export async function startAlertmanager(
  folder: string,
  config: string,
  peer?: RealAlertmanager,
): Promise<RealAlertmanager> {
  const program = await alertmanagerProgram();
  const { http, cluster } = await freePorts("http", "cluster");
  const url = `http://127.0.0.1:${http}`;
  const clusterAddress = `127.0.0.1:${cluster}`;
  const file = join(folder, "alertmanager.yml");
  await writeFile(file, config);
  const part = await PartProcess.start({
    name: "alertmanager",
    program,
    args: [
      `--config.file=${file}`,
      `--storage.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${http}`,
      `--cluster.listen-address=${clusterAddress}`,
      `--cluster.advertise-address=${clusterAddress}`,
      // A cluster waits as long before it tells anybody anything.
      "--cluster.settle-timeout=1s",
      "--cluster.gossip-interval=50ms",
      "--cluster.peer-timeout=3s",
      ...(peer === undefined ? [] : [`--cluster.peer=${peer.clusterAddress}`]),
    ],
    readyUrl: `${url}/-/ready`,
  });
  return { part, url, clusterAddress };
}
