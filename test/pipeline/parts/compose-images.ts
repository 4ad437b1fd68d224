import { execFileSync } from "node:child_process";
import { chmod, chown, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type DockerEngine, installDebianPackage } from "./docker-engine.js";
import { collectorProgram, jaegerProgram, prometheusProgram, promtoolProgram } from "./go-parts.js";
import { node24 } from "./node-24.js";
import { cachedPart } from "./part-cache.js";

/** As much of a public image as docker-compose.yml relies on. */
interface ImageRecipe {
  /** As docker-compose.yml names it: another version there is not found here. */
  image: string;
  programs: Readonly<Record<string, () => Promise<string>>>;
  /** Folders with their owner, as in the public image. */
  folders: Readonly<Record<string, number>>;
  user: number;
  entrypoint: string;
  command?: readonly string[];
}

const NOBODY = 65_534;

const RECIPES: readonly ImageRecipe[] = [
  {
    image: "otel/opentelemetry-collector-contrib:0.158.0",
    programs: { "/otelcol-contrib": collectorProgram },
    folders: {},
    user: 10_001,
    entrypoint: "/otelcol-contrib",
    command: ["--config", "/etc/otelcol-contrib/config.yaml"],
  },
  {
    image: "jaegertracing/jaeger:2.13.0",
    programs: { "/cmd/jaeger/jaeger-linux": jaegerProgram },
    folders: {},
    user: 10_001,
    entrypoint: "/cmd/jaeger/jaeger-linux",
  },
  {
    image: "prom/prometheus:v3.16.0",
    programs: { "/bin/prometheus": prometheusProgram, "/bin/promtool": promtoolProgram },
    folders: { "/prometheus": NOBODY },
    user: NOBODY,
    entrypoint: "/bin/prometheus",
  },
];

/** Puts the images that docker-compose.yml and the Dockerfile start from into the engine, made of the real programs. */
export async function makeImages(engine: DockerEngine): Promise<void> {
  await makeNodeImage(engine);
  for (const recipe of RECIPES) await makeImage(engine, recipe);
}

async function makeImage(engine: DockerEngine, recipe: ImageRecipe): Promise<void> {
  const { image, programs, folders, user, entrypoint, command = [] } = recipe;
  await inFolder(async (folder) => {
    const root = join(folder, "root");
    for (const [path, program] of Object.entries(programs)) {
      const file = await program();
      for (const [from, to] of [[file, path], ...librariesOf(file).map((library) => [library, library])] as const) {
        await mkdir(dirname(join(root, to)), { recursive: true });
        await copyFile(from, join(root, to));
        await chmod(join(root, to), 0o755);
      }
    }
    await mkdir(join(root, "tmp"));
    await chmod(join(root, "tmp"), 0o1777);
    for (const [path, owner] of Object.entries(folders)) {
      await mkdir(join(root, path), { recursive: true });
      await chown(join(root, path), owner, owner);
    }
    const archive = join(folder, "root.tar");
    execFileSync("tar", ["-C", root, "-cf", archive, "."]);
    const changes = [
      `USER ${user}`,
      `ENTRYPOINT ${JSON.stringify([entrypoint])}`,
      `CMD ${JSON.stringify(command)}`,
    ].flatMap((change) => ["--change", change]);
    await engine.docker(["import", ...changes, archive, image]);
  });
}

/** What a program needs beside itself: nothing when it is linked statically. */
function librariesOf(program: string): string[] {
  let listed: string;
  try {
    listed = execFileSync("ldd", [program], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return [];
  }
  return [...listed.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path ?? "");
}

const NODE_IMAGE = "node:24.9.0-bookworm-slim";

/** The Dockerfile's base: Debian, Node and npm. */
async function makeNodeImage(engine: DockerEngine): Promise<void> {
  const folder = await cachedPart({
    key: NODE_IMAGE.replace(":", "-"),
    how: "with debootstrap and npm: about 1 minute",
    make: makeNodeRoot,
  });
  await engine.docker(["import", join(folder, "root.tar"), NODE_IMAGE]);

  // Where npm's registry is reached through a proxy that signs for it, Node has to know the proxy's certificate.
  const certificates = process.env.NODE_EXTRA_CA_CERTS;
  if (!certificates) return;
  await inFolder(async (context) => {
    await copyFile(certificates, join(context, "extra.crt"));
    await writeFile(
      join(context, "Dockerfile"),
      `FROM ${NODE_IMAGE}\nCOPY extra.crt /etc/ssl/extra.crt\nENV NODE_EXTRA_CA_CERTS=/etc/ssl/extra.crt\n`,
    );
    await engine.docker(["build", "--quiet", "--tag", NODE_IMAGE, context]);
  });
}

async function makeNodeRoot(folder: string): Promise<void> {
  installDebianPackage("debootstrap", "/usr/sbin/debootstrap");
  const root = join(folder, "root");
  const quiet = { stdio: ["ignore", "ignore", "inherit"] as ["ignore", "ignore", "inherit"] };
  execFileSync("debootstrap", ["--variant=minbase", "bookworm", root], quiet);
  for (const path of ["usr/share/doc", "usr/share/man", "usr/share/locale", "var/cache/apt", "var/lib/apt/lists"]) {
    await rm(join(root, path), { recursive: true });
  }
  execFileSync("chroot", [root, "groupadd", "--gid", "1000", "node"], quiet);
  execFileSync("chroot", [root, "useradd", "--uid", "1000", "--gid", "node", "--create-home", "node"], quiet);
  await copyFile(await node24(), join(root, "usr/local/bin/node"));
  // npm installs itself as it installs any other program.
  execFileSync("npm", ["install", "--global", "--prefix", join(root, "usr/local"), "npm@11.6.0"], quiet);
  execFileSync("tar", ["-C", root, "-cf", join(folder, "root.tar"), "."]);
  await rm(root, { recursive: true });
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "chainwatch-image-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
