import { instrument } from "./instrument.js";

// `node --import chainwatch/register app.js`: everything comes from OTEL_* variables and the app's package.json.
instrument();
