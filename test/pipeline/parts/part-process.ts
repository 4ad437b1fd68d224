import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { until } from "./until.js";

export interface PartCommand {
  /** For messages. */
  name: string;
  program: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** Answers 200 once the part can work. */
  readyUrl: string;
}

const LOG_LIMIT = 200_000;

/** A real server as a process of its own, which can be killed and started again with the same command. */
export class PartProcess {
  readonly name: string;
  readonly #command: PartCommand;
  #child: ChildProcess | undefined;
  #log = "";

  private constructor(command: PartCommand) {
    this.name = command.name;
    this.#command = command;
  }

  /** @throws {Error} with its log, when it ends or is not ready within a minute */
  static async start(command: PartCommand): Promise<PartProcess> {
    const part = new PartProcess(command);
    await part.start();
    return part;
  }

  async start(): Promise<void> {
    const { program, args, env = {}, cwd, readyUrl } = this.#command;
    const child = spawn(program, args, {
      // Only what a process needs: settings of whoever runs the tests must not reach it.
      env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...env },
      stdio: ["ignore", "pipe", "pipe"],
      ...(cwd !== undefined && { cwd }),
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => {
        this.#log = (this.#log + chunk).slice(-LOG_LIMIT);
      });
    }
    let fault: Error | undefined;
    child.on("error", (error) => {
      fault = error;
    });
    try {
      await until(`${this.name} at ${readyUrl}`, async () => {
        if (fault !== undefined || hasEnded(child)) return "ended";
        return (await fetch(readyUrl)).ok;
      });
      if (fault !== undefined || hasEnded(child)) throw fault ?? new Error(`ended with ${child.exitCode}`);
    } catch (error) {
      await this.kill();
      throw new Error(`${this.name} did not start: ${error}\n${this.#log}`, { cause: error });
    }
  }

  /** The end of what it printed, over all its starts. */
  get log(): string {
    return this.#log;
  }

  /** As a power cut would: it gets no chance to finish anything. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined || hasEnded(child)) return;
    const ended = once(child, "exit");
    child.kill(signal);
    // A part that does not heed SIGTERM must not keep the tests.
    const impatience = setTimeout(() => child.kill("SIGKILL"), 15_000);
    await ended;
    clearTimeout(impatience);
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
