import type { RetrievedDocument } from "../../span-content.js";
import { LongText } from "../controls/long-text.js";
import { say } from "../language.js";

/** In the order in which the retriever ranked them. */
export function RetrievedDocuments({ documents }: { documents: readonly RetrievedDocument[] }) {
  return (
    <section>
      <h3>
        {say({ en: "Documents", zh: "文档" })} <small class="quiet">{documents.length}</small>
      </h3>
      <ol class="documents">
        {documents.map((document, index) => (
          <li key={index}>
            <h4>
              <b class="rank">{index + 1}</b>
              {document.id}
              {document.score !== undefined && (
                <small class="quiet">
                  {say({ en: "score", zh: "得分" })} {document.score.toPrecision(3)}
                </small>
              )}
            </h4>
            <p class="said">
              <LongText text={document.content} />
            </p>
            {document.metadata && (
              <details>
                <summary>{say({ en: "Metadata", zh: "元数据" })}</summary>
                <pre>
                  <LongText text={document.metadata} />
                </pre>
              </details>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
