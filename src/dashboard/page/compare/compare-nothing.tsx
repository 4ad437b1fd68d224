import type { SeenVersion, VersionKind } from "../../../store/telemetry-store.js";
import { CodeBlock } from "../code-block.js";
import { say } from "../language.js";

/** What to do where there are not two to compare. */
export function CompareNothing({ by, choices }: { by: VersionKind; choices: readonly SeenVersion[] }) {
  const [only] = choices;
  return (
    <section class="card compare-nothing">
      <p>
        {only !== undefined && say({ en: `So far there is only ${only.version}. `, zh: `目前只有 ${only.version}。` })}
        {by === "release"
          ? say({
              en: "Releases come from the version in your app's package.json, or from this option. Two can be compared when requests of both have arrived.",
              zh: "版本取自应用 package.json 中的版本号，或由此选项给出。收到两个版本的请求后即可对比。",
            })
          : say({
              en: "Name the prompt of a run in its metadata; prompts from LangSmith's hub are named by themselves. Two versions can be compared when requests of both have arrived.",
              zh: "在运行的 metadata 中写明提示词的名称和版本；来自 LangSmith hub 的提示词会自动命名。收到两个版本的请求后即可对比。",
            })}
      </p>
      <CodeBlock
        code={
          by === "release"
            ? `instrument({ serviceVersion: process.env.GIT_COMMIT });`
            : `await chain.invoke(input, { metadata: { prompt_name: "support", prompt_version: "2" } });`
        }
      />
    </section>
  );
}
