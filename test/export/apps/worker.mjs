import { parentPort } from "node:worker_threads";
import { instrument, withRequest } from "chainwatch";

instrument({ serviceName: "ending-app", endpoint: process.env.ENDPOINT });
withRequest({ requestType: "in-worker" }, () => undefined);
parentPort.postMessage("request done");
if (process.argv.includes("stays")) setInterval(() => undefined, 1_000);
