import { getContextVariable, setContextVariable } from "@langchain/core/context";
import { RunnableLambda } from "@langchain/core/runnables";
import { instrument } from "chainwatch";

if (process.env.CHAINWATCH !== "off") instrument();
const seen = {};
const inner = RunnableLambda.from(() => {
  seen.inherited = getContextVariable("tone");
  setContextVariable("tone", "dry");
  seen.changed = getContextVariable("tone");
  return "done";
});
const outer = RunnableLambda.from(async () => {
  seen.unset = getContextVariable("tone") ?? "nothing";
  setContextVariable("tone", "warm");
  await inner.invoke({});
  seen.afterwards = getContextVariable("tone");
  seen.unknown = getContextVariable("unknown") ?? "nothing";
  return "done";
});
await outer.invoke({});
seen.outside = getContextVariable("tone") ?? "nothing";
setContextVariable("tone", "global");
await RunnableLambda.from(() => {
  seen.fromOutside = getContextVariable("tone");
}).invoke({});
console.log(JSON.stringify(seen));
