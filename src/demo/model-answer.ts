import { type ChatMessage, type ChatRequest, type ChatTool, textOf } from "./chat-request.js";

export interface ToolCall {
  name: string;
  /** JSON, as OpenAI sends it. */
  arguments: string;
}

/** What the demo's model says: a text, or the wish to call a tool. */
export type ModelAnswer = { text: string } | { toolCall: ToolCall };

/** The first entry whose word the last user message contains is the answer. */
const ANSWERS: readonly (readonly [word: string, answer: string])[] = [
  ["人工智能", "人工智能是让机器具备感知、学习、推理和决策等类人智能的技术。"],
  ["机器学习", "机器学习是让计算机从数据中自动总结规律并做出预测的方法。"],
  ["深度学习", "深度学习是用多层神经网络从大量数据中逐层提取特征的机器学习方法。"],
  ["强化学习", "强化学习是智能体在与环境的交互中通过奖励信号学会最优策略的方法。"],
  ["自然语言处理", "自然语言处理是让计算机理解、生成和翻译人类语言的技术。"],
  ["向量数据库", "向量数据库按语义相似度存取高维向量，常用来给大模型提供检索到的资料。"],
  ["退货", "签收后 7 天内可以无理由退货，运费由商家承担，退款在 3 个工作日内原路返回。"],
  ["发票", "在“我的订单”里点“申请发票”，电子发票会在 24 小时内发到您的邮箱。"],
  ["three times", "If it fits in your budget three times over, buy it; otherwise wait a month and ask again."],
  ["bat and ball", "The ball costs 5 cents: 5 + 105 = 110."],
  ["refund", "A refund reaches your card within three working days after the parcel is back at our warehouse."],
  ["shipping", "Standard shipping takes two to four working days; orders above 50 dollars ship free."],
  ["warranty", "Every device carries a two-year warranty that covers parts and labour."],
  ["haiku", "Traces in the night, a slow call stands in the light: the team sleeps till dawn."],
  ["translate", "Observability is knowing what a system does from what it tells you."],
  ["总结", "会议决定周二上线，发布说明由小梅负责，价格留待下次讨论。"],
  ["summarise", "The meeting moved the launch to Tuesday, gave Mei the release notes and left the price open."],
];

/** Deterministic: the same conversation always gets the same answer. */
export function answerTo(request: ChatRequest): ModelAnswer {
  const last = request.messages.at(-1);
  const question = textOf(request.messages.findLast((message) => message.role === "user") ?? { role: "user" });
  if (last?.role === "tool") return { text: answerFromTools(request.messages, question) };
  const tool = request.tool_choice === "none" ? undefined : toolFor(request.tools ?? [], question);
  if (tool !== undefined) {
    return { toolCall: { name: tool.function.name, arguments: JSON.stringify(argumentsFor(tool, question)) } };
  }
  const lower = question.toLowerCase();
  const known = ANSWERS.find(([word]) => lower.includes(word));
  if (known !== undefined) return { text: known[1] };
  return { text: isChinese(question) ? "这是演示模型的固定回答。" : "This is the demo model's fixed answer." };
}

function answerFromTools(messages: readonly ChatMessage[], question: string): string {
  const lastQuestion = messages.findLastIndex((message) => message.role === "user");
  const results = messages
    .slice(lastQuestion + 1)
    .filter((message) => message.role === "tool")
    .map(textOf);
  return isChinese(question) ? `查到了：${results.join("；")}。` : `Here is what I found: ${results.join("; ")}.`;
}

/** The tool whose name shares a word with the question; the only tool there is when none does. */
function toolFor(tools: readonly ChatTool[], question: string): ChatTool | undefined {
  const words = question.toLowerCase();
  const named = tools.find(({ function: { name, description } }) =>
    `${name} ${description ?? ""}`
      .toLowerCase()
      .split(/[^\p{L}\d]+/u)
      .some((word) => word.length >= (isChinese(word) ? 2 : 4) && words.includes(word)),
  );
  return named ?? (tools.length === 1 ? tools[0] : undefined);
}

/** Fills a tool's parameters from the question: numbers in their order, then capitalised or Chinese words. */
function argumentsFor(tool: ChatTool, question: string): Record<string, string | number> {
  const properties = (tool.function.parameters?.properties ?? {}) as Record<string, { type?: string; enum?: string[] }>;
  const numbers = question.match(/\d+(\.\d+)?/g) ?? [];
  const names = question.match(/(?<=\s)\p{Lu}\p{L}+|\p{Script=Han}{2}/gu) ?? [];
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => {
      if (schema.type === "number" || schema.type === "integer") return [name, Number(numbers.shift() ?? 0)];
      return [name, schema.enum?.find((value) => question.includes(value)) ?? names.shift() ?? question];
    }),
  );
}

function isChinese(text: string): boolean {
  return /\p{Script=Han}/u.test(text);
}
