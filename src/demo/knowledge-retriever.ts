import { Document } from "@langchain/core/documents";
import type { EmbeddingsInterface } from "@langchain/core/embeddings";
import { BaseRetriever } from "@langchain/core/retrievers";

/** What the shop's knowledge base holds. */
const ARTICLES = [
  "Refunds: a refund reaches your card within three working days after the parcel is back at our warehouse.",
  "Shipping: standard shipping takes two to four working days. Orders above 50 dollars ship free.",
  "Warranty: every device carries a two-year warranty that covers parts and labour.",
  "退货：签收后 7 天内可以无理由退货，运费由商家承担，退款在 3 个工作日内原路返回。",
  "发票：在“我的订单”里点“申请发票”，电子发票会在 24 小时内发到您的邮箱。",
  "向量数据库：按语义相似度存取高维向量，常用来给大模型提供检索到的资料。",
];

/** Finds the articles nearest to a question by cosine similarity. The articles are embedded once, at first use. */
export class KnowledgeRetriever extends BaseRetriever {
  lc_namespace = ["chainwatch", "demo"];
  readonly #embeddings: EmbeddingsInterface;
  readonly #found: number;
  #articles: Promise<{ text: string; vector: number[] }[]> | undefined;

  constructor(embeddings: EmbeddingsInterface, found = 2) {
    super();
    this.#embeddings = embeddings;
    this.#found = found;
  }

  static override lc_name(): string {
    return "KnowledgeRetriever";
  }

  override async _getRelevantDocuments(question: string): Promise<Document[]> {
    this.#articles ??= this.#embedArticles();
    const [articles, wanted] = await Promise.all([this.#articles, this.#embeddings.embedQuery(question)]);
    return articles
      .map(({ text, vector }) => ({ text, score: vector.reduce((sum, x, at) => sum + x * (wanted[at] ?? 0), 0) }))
      .sort((one, other) => other.score - one.score)
      .slice(0, this.#found)
      .map(({ text, score }) => new Document({ pageContent: text, metadata: { score: Number(score.toFixed(3)) } }));
  }

  async #embedArticles(): Promise<{ text: string; vector: number[] }[]> {
    const vectors = await this.#embeddings.embedDocuments(ARTICLES);
    return ARTICLES.map((text, at) => ({ text, vector: vectors[at] ?? [] }));
  }
}
