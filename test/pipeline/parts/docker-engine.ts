import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { composeProgram } from "./go-parts.js";
import { until } from "./until.js";

const DOCKERD = "/usr/sbin/dockerd";
const LOG_LIMIT = 200_000;
const MEBIBYTE = 1024 * 1024;
/** Longer than the first build of an image takes, which installs packages. */
const CALL_TIMEOUT_MS = 1_200_000;

/**
 * A Docker engine of the tests' own: its images, containers and socket are in a temporary folder, and it leaves the
 * machine's packet filter alone, so that a Docker engine that runs here already notices nothing.
 */
export class DockerEngine {
  readonly name = "dockerd";
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #process: ChildProcess;
  #log = "";

  private constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#env = env;
    this.#process = spawn(DOCKERD, ["--config-file", join(folder, "daemon.json")], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on("data", (chunk) => {
        this.#log = (this.#log + chunk).slice(-LOG_LIMIT);
      });
    }
  }

  /** @throws {Error} when it does not run here, with its log or the cure */
  static async start(): Promise<DockerEngine> {
    if (process.getuid?.() !== 0) {
      throw new Error(
        "the test of docker-compose.yml starts a Docker engine, which needs root: run it in a container or a virtual machine as root",
      );
    }
    installDebianPackage("docker.io", DOCKERD);
    const compose = await composeProgram();
    const folder = await mkdtemp(join(tmpdir(), "chainwatch-docker-"));
    const socket = `unix://${folder}/docker.sock`;
    const settings = {
      "data-root": join(folder, "data"),
      "exec-root": join(folder, "exec"),
      pidfile: join(folder, "pid"),
      hosts: [socket],
      bridge: "none",
      iptables: false,
      "ip-forward": false,
    };
    await writeFile(join(folder, "daemon.json"), JSON.stringify(settings));
    const plugins = join(folder, "config", "cli-plugins");
    await mkdir(plugins, { recursive: true });
    await symlink(compose, join(plugins, "docker-compose"));
    const engine = new DockerEngine(folder, {
      PATH: process.env.PATH,
      HOME: folder,
      DOCKER_HOST: socket,
      DOCKER_CONFIG: join(folder, "config"),
      // The other builder is a program of its own, and not here.
      DOCKER_BUILDKIT: "0",
    });
    try {
      await until("the Docker engine", async () => {
        if (engine.#process.exitCode !== null) return "ended";
        return engine.docker(["version"]);
      });
      if (engine.#process.exitCode !== null) throw new Error(`dockerd ended with ${engine.#process.exitCode}`);
      return engine;
    } catch (error) {
      await engine.stop();
      throw new Error(`the Docker engine did not start: ${error}\n${engine.log}`, { cause: error });
    }
  }

  get log(): string {
    return this.#log;
  }

  /**
   * One call of the `docker` command.
   *
   * @returns its standard output
   * @throws {Error} with the end of what it printed, when it fails or takes too long
   */
  async docker(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const options = { env: { ...this.#env, ...env }, maxBuffer: 64 * MEBIBYTE, timeout: CALL_TIMEOUT_MS };
    try {
      return (await promisify(execFile)("docker", args, options)).stdout;
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      throw new Error(`docker ${args.join(" ")} failed: ${error}\n${(stdout + stderr).slice(-8000)}`, { cause: error });
    }
  }

  /** Ends it and every container of it. */
  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null && this.#process.pid !== undefined) {
      const ended = once(this.#process, "exit");
      this.#process.kill("SIGTERM");
      const impatience = setTimeout(() => this.#process.kill("SIGKILL"), 60_000);
      await ended;
      clearTimeout(impatience);
    }
    // What stays mounted must not be emptied by the removal of the folder it is mounted on.
    const mounts = (await readFile("/proc/self/mounts", "utf8")).split("\n").map((line) => line.split(" ")[1] ?? "");
    for (const mount of mounts.filter((path) => path.startsWith(`${this.#folder}/`)).toReversed()) {
      execFileSync("umount", ["--lazy", mount]);
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Installs a package of Debian when the program that it brings is not here. */
export function installDebianPackage(name: string, program: string): void {
  if (existsSync(program)) return;
  console.log(`installing ${name} with apt-get: about half a minute`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    execFileSync("apt-get", ["update", "-qq"], { stdio: ["ignore", "ignore", "inherit"] });
    execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", name], {
      stdio: ["ignore", "ignore", "inherit"],
      env,
    });
  } catch (error) {
    throw new Error(`there is no ${program}, and apt-get could not install ${name}: install it, then run again`, {
      cause: error,
    });
  }
}
