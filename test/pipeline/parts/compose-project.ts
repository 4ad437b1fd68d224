import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DockerEngine } from "./docker-engine.js";
import { freePorts } from "./free-ports.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Only what this machine forces on the tests. */
const OVERRIDE = `services:
  # The engine of the tests has no network of its own that leads outside.
  chainwatch: { build: { network: host } }
  demo: { build: { network: host } }
  # There is no image of it here.
  grafana: { profiles: [none] }
`;

/** docker-compose.yml with the demo, on free ports. */
export class ComposeProject {
  readonly name = "docker compose";
  log = "";
  readonly #engine: DockerEngine;
  readonly #folder: string;
  readonly #port: Readonly<Record<string, number>>;

  private constructor(engine: DockerEngine, folder: string, port: Readonly<Record<string, number>>) {
    this.#engine = engine;
    this.#folder = folder;
    this.#port = port;
  }

  static async create(engine: DockerEngine): Promise<ComposeProject> {
    const folder = await mkdtemp(join(tmpdir(), "chainwatch-compose-"));
    await writeFile(join(folder, "override.yaml"), OVERRIDE);
    const port = await freePorts("OTLP_GRPC_PORT", "OTLP_HTTP_PORT", "PAGE_PORT", "JAEGER_PORT", "PROMETHEUS_PORT");
    return new ComposeProject(engine, folder, port);
  }

  /** `docker compose --profile demo …` */
  compose(...words: string[]): Promise<string> {
    const files = ["--file", join(ROOT, "docker-compose.yml"), "--file", join(this.#folder, "override.yaml")];
    const args = ["compose", "--project-directory", ROOT, "--ansi", "never", ...files, "--profile", "demo", ...words];
    const ports = Object.entries(this.#port).map(([name, port]) => [name, String(port)]);
    return this.#engine.docker(args, { ...Object.fromEntries(ports), CHAINWATCH_LANG: "en" });
  }

  /**
   * Builds the images of this project, and starts everything.
   *
   * @throws {Error} with what the containers printed, when one does not become healthy
   */
  async up(): Promise<void> {
    await this.compose("build", "--quiet");
    try {
      await this.compose("up", "--detach", "--wait", "--wait-timeout", "300");
    } catch (error) {
      await this.readLog();
      throw new Error(`${error}\n${this.log}`, { cause: error });
    }
  }

  /** Base URL of what a port variable publishes. */
  url(variable: string): string {
    return `http://127.0.0.1:${this.#port[variable]}`;
  }

  /** Takes the containers' output along, for `log`. */
  async readLog(): Promise<void> {
    this.log = await this.compose("logs", "--tail", "40").catch(String);
  }

  /** Removes its containers, networks and volumes. */
  async stop(): Promise<void> {
    try {
      await this.compose("down", "--volumes", "--timeout", "10");
    } finally {
      await rm(this.#folder, { recursive: true, force: true });
    }
  }
}
