// Says that it begins, and deletes a user's data. Started by the tests, which run it on the built package and kill it.
import { TelemetryDatabase } from "../../dist/esm/store/telemetry-database.js";

const [dataDir = "", user = "", nowMs = "0"] = process.argv.slice(2);
const retention = { days: 30, maxBytes: 1_000_000_000 };
const database = new TelemetryDatabase({ dataDir, retention }, Number(nowMs));
process.stdout.write("deleting\n");
database.deleteUser(user, Number(nowMs));
database.close();
