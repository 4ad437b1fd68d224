// Writes docs/metrics.md from the code that sends and answers: the names in src/instrument/semconv.ts with their
// comments, the instruments as MetricInstruments makes them, and the catalogue of indicators. Needs a built dist/.
// `--print` writes to standard output instead, for the test that the file is fresh.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CATALOGUE } from "../dist/esm/indicators/catalogue.js";
import { RECORD_DIMENSIONS } from "../dist/esm/indicators/dimension.js";
import { metricDimensions } from "../dist/esm/indicators/metric-attribute.js";
import { MetricInstruments } from "../dist/esm/instrument/metric-instruments.js";
import * as names from "../dist/esm/instrument/semconv.js";

const root = fileURLToPath(new URL("..", import.meta.url));

const MODEL = [names.ATTR_OPERATION_NAME, names.ATTR_PROVIDER_NAME, names.ATTR_REQUEST_MODEL];
const ANSWER = [...MODEL, names.ATTR_RESPONSE_MODEL];
/** What each instrument is recorded with. The code lists it nowhere; the test of this document compares it with real points. */
const METRIC_ATTRIBUTES = {
  [names.METRIC_OPERATION_DURATION]: [...ANSWER, names.ATTR_ERROR_TYPE],
  [names.METRIC_TOKEN_USAGE]: [...ANSWER, names.ATTR_TOKEN_TYPE],
  [names.METRIC_TIME_TO_FIRST_CHUNK]: ANSWER,
  [names.METRIC_TOOL_DURATION]: [names.ATTR_TOOL_NAME, names.ATTR_ERROR_TYPE],
  [names.METRIC_LLM_TOKENS]: [...MODEL, names.ATTR_LLM_TOKEN_TYPE],
  [names.METRIC_LLM_COST]: [...MODEL, names.ATTR_REQUEST_TYPE],
  [names.METRIC_LLM_RETRIES]: [names.ATTR_REQUEST_MODEL, names.ATTR_ERROR_TYPE],
  [names.METRIC_LLM_USAGE_MISSING]: [names.ATTR_REQUEST_MODEL],
  [names.METRIC_REQUEST_DURATION]: [names.ATTR_REQUEST_TYPE, names.ATTR_OUTCOME, names.RESOURCE_SERVICE_VERSION],
  [names.METRIC_REQUEST_COST]: [names.ATTR_REQUEST_TYPE],
  [names.METRIC_REQUEST_TOKENS]: [names.ATTR_REQUEST_TYPE],
  [names.METRIC_REQUEST_LLM_CALLS]: [names.ATTR_REQUEST_TYPE],
  [names.METRIC_REQUEST_ACTIVE]: [names.ATTR_REQUEST_TYPE],
  [names.METRIC_REQUEST_ACTIVE_PEAK]: [names.ATTR_REQUEST_TYPE],
  [names.METRIC_TELEMETRY_DROPPED]: [names.ATTR_DROPPED_WHAT, names.ATTR_DROPPED_REASON],
  [names.METRIC_TELEMETRY_ERRORS]: [names.ATTR_DROPPED_WHAT],
  [names.METRIC_PRICE_UNKNOWN]: [names.ATTR_REQUEST_MODEL],
};

const code = (text) => `\`${text}\``;
const table = (heads, rows) =>
  [heads, heads.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");

/** The instruments, as the real class asks a meter for them. */
function instruments() {
  const made = [];
  const make =
    (type) =>
    (name, { unit, description }) => {
      made.push({ name, type, unit, description });
      return { addCallback() {} };
    };
  new MetricInstruments({
    createHistogram: make("histogram"),
    createCounter: make("counter"),
    createObservableUpDownCounter: make("up-down counter"),
    createObservableGauge: make("gauge"),
  });
  return made;
}

/** The sections of semconv.ts (`// Title.` lines), each with its names and what their comments say. */
function namedSections() {
  const sections = [];
  let comment = "";
  for (const line of readFileSync(`${root}src/instrument/semconv.ts`, "utf8").split("\n")) {
    const title = /^\/\/ (.+)$/.exec(line)?.[1];
    const note = /^\/\*\* (.+) \*\/$/.exec(line)?.[1];
    const value = /^export const \w+ = "(.+)";$/.exec(line)?.[1];
    if (title !== undefined) sections.push({ title: title.replace(/\.$/, ""), rows: [] });
    else if (note !== undefined) comment = note;
    else if (value !== undefined) {
      sections.at(-1).rows.push([code(value), comment]);
      comment = "";
    }
  }
  return sections;
}

/** Every side has these, so the table names only what comes in addition. */
const EVERYWHERE = ["service", "environment", "release", "instance"];

function indicatorRow({ id, name, unit, description, metricQuestion, recordQuestion }) {
  const beyond = (dimensions) => dimensions.filter((dimension) => !EVERYWHERE.includes(dimension)).join(", ");
  return [
    code(id),
    unit,
    `${name.en} · ${name.zh}`,
    description.en,
    metricQuestion === undefined ? "no" : beyond(metricDimensions(metricQuestion)),
    recordQuestion === undefined ? "no" : beyond(RECORD_DIMENSIONS),
  ];
}

function metricsDoc() {
  const groups = [...new Set(CATALOGUE.map(({ group }) => group))];
  return `<!-- Written by build/metrics-doc.mjs from the code. Change the code, then: npm run build && node build/metrics-doc.mjs -->

# Names and figures

Everything that Chainwatch sends and every question that can be asked of it. The \`gen_ai.*\` names follow OpenTelemetry's
GenAI semantic conventions, which are not stable yet; the \`chainwatch.*\` names are ours.

## Spans

${table(
  ["LangChain run", "span name", "kind", code(names.ATTR_OPERATION_NAME)],
  [
    [code("withRequest()"), code("request {type}"), "INTERNAL", "none"],
    ["outermost chain or graph", code("invoke_workflow {name}"), "INTERNAL", code("invoke_workflow")],
    ["agent (`createAgent`)", code("invoke_agent {name}"), "INTERNAL", code("invoke_agent")],
    ["chat model", code("chat {model}"), "CLIENT", code("chat")],
    ["text model", code("text_completion {model}"), "CLIENT", code("text_completion")],
    ["embeddings", code("embeddings {model}"), "CLIENT", code("embeddings")],
    ["tool", code("execute_tool {name}"), "INTERNAL", code("execute_tool")],
    ["retriever", code("retrieval {name}"), "CLIENT", code("retrieval")],
    [
      "any other step or graph node",
      code("chain {name}"),
      "INTERNAL",
      `none; ${code(names.ATTR_RUN_TYPE)} = \`chain\``,
    ],
  ],
)}

The outermost span of a request carries the totals of everything under it.

## Metric instruments

Durations below 10 ms are recorded as 10 ms. Histograms have base-2 exponential buckets unless \`histogramBuckets\` says
otherwise; explicit ones end where the conventions recommend, those of costs at 1, 2 and 5 times each power of ten from
0.000001 to 100 US dollars. User, session and conversation ids and texts are on no metric. The first 100 request types,
models and tools of a process have their own value; further ones are \`other\`, counted in
\`${names.METRIC_TELEMETRY_DROPPED}\`.

${table(
  ["instrument", "type", "unit", "what", "attributes"],
  instruments().map(({ name, type, unit, description }) => [
    code(name),
    type,
    unit,
    description,
    METRIC_ATTRIBUTES[name].map(code).join(", "),
  ]),
)}

## Records

OpenTelemetry log records, told apart by their event name. They are never sampled.

- \`${names.EVENT_REQUEST}\`: one a request.
- \`${names.EVENT_ERROR}\`: one an error, however many runs it climbs through.
- \`${names.EVENT_INFERENCE_DETAILS}\`: the messages of a model call, only when content capture names events.

## Attributes and names

${namedSections()
  .filter(({ title }) => !title.startsWith("Metric instruments"))
  .map(
    ({ title, rows }) => `### ${title}\n\n${rows.map(([name, note]) => `- ${name}${note && `: ${note}`}`).join("\n")}`,
  )
  .join("\n\n")}

## Indicators

A rule, the page, \`chainwatch top\` and the API name an indicator by its id. It is answered from metric points where
they can, else from request records; the last two columns say by what each can split and filter it, beside ${EVERYWHERE.map(code).join(", ")}.
One question is answered from one side.

${groups
  .map(
    (group) =>
      `### ${group}\n\n${table(
        ["id", "unit", "name", "what exactly", "from metrics by", "from records by"],
        CATALOGUE.filter((indicator) => indicator.group === group).map(indicatorRow),
      )}`,
  )
  .join("\n\n")}
`;
}

if (process.argv.includes("--print")) process.stdout.write(metricsDoc());
else writeFileSync(`${root}docs/metrics.md`, metricsDoc());
