import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { CATALOGUE } from "../../src/indicators/catalogue.js";

interface Panel {
  title: string;
  datasource: { uid: string };
  targets: { expr: string; legendFormat: string }[];
  gridPos: { x: number; y: number; w: number; h: number };
}
interface Dashboard {
  uid: string;
  title: string;
  panels: Panel[];
  templating: { list: { name: string; type: string; query: unknown }[] };
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (file: string): string => readFileSync(root + file, "utf8");
const files = readdirSync(`${root}grafana/dashboards`);
const dashboards = Object.fromEntries(
  files.map((file) => [file, JSON.parse(read(`grafana/dashboards/${file}`)) as Dashboard]),
);

describe("grafana/", () => {
  it("has the dashboards that build/grafana-dashboard.mjs writes from the catalogue", () => {
    const fresh = JSON.parse(
      execFileSync(process.execPath, ["build/grafana-dashboard.mjs", "--print"], { cwd: root, encoding: "utf8" }),
    );
    expect(dashboards, "run: npm run build && npm run dashboards").toEqual(fresh);
  });

  it("has dashboards with ids and titles of their own", () => {
    const all = Object.values(dashboards);
    expect(all.length).toBeGreaterThan(1);
    expect(new Set(all.map(({ uid }) => uid)).size).toBe(all.length);
    expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
  });

  it.each(files)("%s uses only variables that it has", (file) => {
    const { templating, ...rest } = dashboards[file] as Dashboard;
    const own = templating.list.map(({ name }) => name);
    const used = [...JSON.stringify(rest).matchAll(/\$\{?(\w+)/g)].map(([, name = ""]) => name);
    expect([...new Set(used)].filter((name) => !name.startsWith("__")).sort()).toEqual([...own].sort());
  });

  it.each(files)("%s has panels that do not overlap", (file) => {
    const taken = new Set<string>();
    for (const { gridPos, title } of dashboards[file]?.panels ?? []) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken, `${title} at ${x}, ${y}`).not.toContain(`${x},${y}`);
          taken.add(`${x},${y}`);
        }
      }
    }
  });

  it("shows every indicator that is one figure", () => {
    const shown = Object.values(dashboards).flatMap(({ panels }) => panels.flatMap(({ targets }) => targets));
    const queries = new Set(shown.map(({ legendFormat }) => legendFormat));
    // A split panel is titled with the indicator's name and the dimension: its queries are named by their labels.
    const titles = Object.values(dashboards).flatMap(({ panels }) =>
      panels.map(({ title }) => title.split(" by ", 1)[0]),
    );
    const missing = CATALOGUE.filter(({ list, name }) => !list && !queries.has(name.en) && !titles.includes(name.en));
    expect(missing.map(({ id }) => id)).toEqual([]);
  });

  it("is mounted where the provisioning looks for it, with the data sources of the stack", () => {
    const { services } = parse(read("docker-compose.yml"), { merge: true });
    const mounts: string[] = services.grafana.volumes;
    const folder = parse(read("grafana/provisioning/dashboards/chainwatch.yaml")).providers[0].options.path;
    expect(mounts).toContain(`./grafana/dashboards:${folder}:ro`);
    expect(mounts).toContain("./grafana/provisioning:/etc/grafana/provisioning:ro");

    const { datasources } = parse(read("grafana/provisioning/datasources/chainwatch.yaml"));
    const hosts = datasources.map(({ url }: { url: string }) => new URL(url).hostname);
    expect(hosts.length).toBeGreaterThan(0);
    for (const host of hosts) expect(Object.keys(services)).toContain(host);
  });
});
