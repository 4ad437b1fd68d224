import type { RetrievedDocument } from "./conversation.js";
import { say } from "./language.js";

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
              {document.id ?? `#${index + 1}`}
              {document.score !== undefined && (
                <small class="quiet">
                  {say({ en: "score", zh: "得分" })} {document.score.toPrecision(3)}
                </small>
              )}
            </h4>
            <p class="said">{document.content}</p>
            {document.metadata && (
              <details>
                <summary>{say({ en: "Metadata", zh: "元数据" })}</summary>
                <pre>{document.metadata}</pre>
              </details>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
