import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../../grafana/dashboards", import.meta.url));

export interface PanelQuery {
  /** Dashboard, panel and query, for messages. */
  name: string;
  /** PromQL, its variables replaced as Grafana does it for all services and five minutes. */
  expression: string;
}

/** What Grafana asks for each panel of the dashboards. */
export function panelQueries(): PanelQuery[] {
  return readdirSync(FOLDER).flatMap((file) => {
    const { panels } = JSON.parse(readFileSync(`${FOLDER}/${file}`, "utf8")) as {
      panels: { title: string; targets: { refId: string; expr: string }[] }[];
    };
    return panels.flatMap(({ title, targets }) =>
      targets.map(({ refId, expr }) => ({
        name: `${file}, ${title}, ${refId}`,
        expression: expr.replaceAll("$service", ".*").replaceAll("$window", "5m"),
      })),
    );
  });
}
