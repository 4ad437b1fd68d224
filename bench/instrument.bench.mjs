// What watching costs an app: wall and CPU time added to one call of `prompt | model | parser`, everything on
// (spans, metrics, record, cost), beside an empty LangChain handler and beside four bare spans and nothing else: once
// made by a handler, one span a run, which is the least any tracing of LangChain can do; once made around the chain,
// without any callback. Aim: at most 1.3 × the handler with four bare spans. Each variant runs in processes of its
// own, taking turns.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const VARIANTS = {
  bare: "the chain alone",
  "empty handler": "an empty LangChain handler (the floor of any callback)",
  "four spans": "a handler that opens and ends one bare span a run: four a call (the floor of tracing LangChain)",
  "spans around": "four bare spans around the chain, no handler at all",
  chainwatch: "instrument(), everything on",
};
const ROUNDS = 7;
const CALLS = 4_000;

if (process.argv[2] === undefined) compare();
else await measure(process.argv[2]);

function compare() {
  const results = Object.fromEntries(Object.keys(VARIANTS).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of Object.keys(VARIANTS)) {
      const output = execFileSync(process.execPath, [fileURLToPath(import.meta.url), name], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
      results[name].push(JSON.parse(output.trim().split("\n").at(-1)));
    }
    process.stderr.write(`round ${round + 1} of ${ROUNDS}\r`);
  }
  const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const at = (name, key) => median(results[name].map((result) => result[key]));
  const added = (name, key) => at(name, key) - at("bare", key);
  console.log(`median of ${ROUNDS} processes, ${CALLS} calls each; microseconds a call`);
  for (const [name, what] of Object.entries(VARIANTS)) {
    const plus = (key) => (name === "bare" ? "" : ` (+${added(name, key).toFixed(0)})`);
    console.log(
      `${name.padEnd(14)} wall ${at(name, "wallUs").toFixed(0)}${plus("wallUs")}`.padEnd(38),
      `cpu ${at(name, "cpuUs").toFixed(0)}${plus("cpuUs")}`.padEnd(20),
      what,
    );
  }
  for (const key of ["wallUs", "cpuUs"]) {
    const ratio = added("chainwatch", key) / added("four spans", key);
    console.log(
      `added ${key === "wallUs" ? "wall" : "CPU"} time, chainwatch / four spans: ${ratio.toFixed(2)} (aim ≤ 1.30)`,
    );
  }
}

async function spanHandler(tracer, context, trace) {
  const { BaseCallbackHandler } = await import("@langchain/core/callbacks/base");
  const spans = new Map();
  const start = (name, id, parentId) => {
    const parent = spans.get(parentId);
    const around = parent === undefined ? context.active() : trace.setSpan(context.active(), parent);
    spans.set(id, tracer.startSpan(name, {}, around));
  };
  const end = (id) => {
    spans.get(id)?.end();
    spans.delete(id);
  };
  return new (class extends BaseCallbackHandler {
    name = "spans";
    awaitHandlers = true;
    handleChainStart(_chain, _inputs, id, parentId) {
      start("chain", id, parentId);
    }
    handleChatModelStart(_model, _messages, id, parentId) {
      start("chat", id, parentId);
    }
    handleChainEnd(_outputs, id) {
      end(id);
    }
    handleLLMEnd(_output, id) {
      end(id);
    }
  })();
}

async function measure(name) {
  const { ChatPromptTemplate } = await import("@langchain/core/prompts");
  const { StringOutputParser } = await import("@langchain/core/output_parsers");
  const { BaseChatModel } = await import("@langchain/core/language_models/chat_models");
  const { AIMessage } = await import("@langchain/core/messages");

  class InstantModel extends BaseChatModel {
    _llmType() {
      return "instant";
    }
    getLsParams() {
      return { ls_provider: "openai", ls_model_name: "gpt-4o-mini", ls_model_type: "chat" };
    }
    async _generate() {
      const message = new AIMessage({
        content: "four",
        response_metadata: { model_name: "gpt-4o-mini-2024-07-18", finish_reason: "stop" },
        usage_metadata: { input_tokens: 20, output_tokens: 5, total_tokens: 25 },
      });
      return { generations: [{ text: "four", message }] };
    }
  }
  const chain = ChatPromptTemplate.fromTemplate("{question}").pipe(new InstantModel({})).pipe(new StringOutputParser());
  let call = () => chain.invoke({ question: "2 + 2?" });

  const discard = { export: (_items, done) => done({ code: 0 }), shutdown: async () => {}, forceFlush: async () => {} };
  if (name === "empty handler") {
    const { BaseCallbackHandler } = await import("@langchain/core/callbacks/base");
    class Empty extends BaseCallbackHandler {
      name = "empty";
      awaitHandlers = true;
      handleChainStart() {}
      handleChainEnd() {}
      handleChatModelStart() {}
      handleLLMEnd() {}
    }
    const callbacks = [new Empty()];
    call = () => chain.invoke({ question: "2 + 2?" }, { callbacks });
  }
  if (name === "four spans" || name === "spans around") {
    const { context, trace } = await import("@opentelemetry/api");
    const { AsyncLocalStorageContextManager } = await import("@opentelemetry/context-async-hooks");
    const { BatchSpanProcessor, TracerProvider } = await import("@opentelemetry/sdk-trace");
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const provider = new TracerProvider({
      spanProcessors: [new BatchSpanProcessor({ exporter: discard, maxQueueSize: 100_000 })],
    });
    trace.setGlobalTracerProvider(provider);
    const tracer = provider.getTracer("bench");
    const inSpans = (depth) =>
      depth === 0
        ? chain.invoke({ question: "2 + 2?" })
        : tracer.startActiveSpan(`span ${depth}`, async (span) => {
            const result = await inSpans(depth - 1);
            span.end();
            return result;
          });
    call = () => inSpans(4);
    if (name === "four spans") {
      const callbacks = [await spanHandler(tracer, context, trace)];
      call = () => chain.invoke({ question: "2 + 2?" }, { callbacks });
    }
  }
  if (name === "chainwatch") {
    const { instrument } = await import("chainwatch");
    const metricExporter = { ...discard, selectAggregationTemporality: () => 1 };
    const handle = instrument({ serviceName: "bench", traceExporter: discard, logExporter: discard, metricExporter });
    await handle.hooks();
  }
  const calls = Number(process.env.BENCH_CALLS ?? CALLS);
  for (let n = 0; n < calls / 4; n++) await call();
  globalThis.gc?.();
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let n = 0; n < calls; n++) await call();
  const wallUs = ((performance.now() - start) * 1000) / calls;
  const used = process.cpuUsage(cpu);
  console.log(JSON.stringify({ wallUs, cpuUs: (used.user + used.system) / calls }));
  process.exit(0);
}
