import type { SeenVersion } from "../../../store/telemetry-store.js";

/** Of all services together, one version is one choice. */
export function joinedVersions(seen: readonly SeenVersion[]): SeenVersion[] {
  const found = new Map<string, SeenVersion>();
  for (const each of seen) {
    const known = found.get(each.version) ?? { ...each, requests: 0 };
    found.set(each.version, {
      ...known,
      first_seen: each.first_seen < known.first_seen ? each.first_seen : known.first_seen,
      last_seen: each.last_seen > known.last_seen ? each.last_seen : known.last_seen,
      requests: known.requests + each.requests,
    });
  }
  return [...found.values()];
}

/**
 * What is compared until the reader chooses: the newest version that has an older one of the same service, and of the
 * same prompt, with that one; else the newest two.
 *
 * @param seen the newest first
 */
export function usualPair(seen: readonly SeenVersion[]): { a: string; b: string } | undefined {
  for (const [index, newer] of seen.entries()) {
    const older = seen
      .slice(index + 1)
      .find(({ service, version }) => service === newer.service && nameOf(version) === nameOf(newer.version));
    if (older !== undefined) return { a: older.version, b: newer.version };
  }
  const [b, a] = [...new Set(seen.map(({ version }) => version))];
  return a === undefined || b === undefined ? undefined : { a, b };
}

/** Of a prompt, what stands before its version; a release has no name. */
function nameOf(version: string): string {
  const at = version.lastIndexOf("@");
  return at === -1 ? "" : version.slice(0, at);
}
