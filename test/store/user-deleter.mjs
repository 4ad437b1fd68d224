// Stores a batch when one is given, says that it begins, and deletes a user's data; when that fails it says why, and
// which requests it then answers. Started by the tests, which run it on the built package, kill it or limit its files.
import { readFileSync } from "node:fs";
import { TelemetryDatabase } from "../../dist/esm/store/telemetry-database.js";

const [dataDir = "", user = "", time = "0", batchFile] = process.argv.slice(2);
const nowMs = Number(time);
const retention = { days: 30, maxBytes: 1_000_000_000 };
const database = new TelemetryDatabase({ dataDir, retention }, nowMs);
if (batchFile !== undefined) database.ingest(JSON.parse(readFileSync(batchFile, "utf8")), nowMs);
process.stdout.write("deleting\n");
try {
  database.deleteUser(user, nowMs);
} catch (error) {
  const requests = database.requests({}, nowMs).map((record) => record.request_id);
  process.stdout.write(`${JSON.stringify({ reason: error.reason, message: error.message, requests })}\n`);
}
database.close();
