/** Questions to begin with: the first ones that are stored with an answer. */

import { get, path, segment } from "../../api/call";
import type { BaseSummary, DocumentInfo, List, Page, SectionPage } from "../../api/types";

const MOST = 3;
/** Bases that are looked into; those that may hold stored questions first. */
const LOOKED_AT = 4;

export interface Examples {
  questions: string[];
  /** Whether any base has a document. */
  hasDocuments: boolean;
}

export async function examples(signal: AbortSignal): Promise<Examples> {
  const { data } = await get<List<BaseSummary>>("/v1/knowledge-bases", signal);
  const filled = data.filter(({ documents, error }) => !error && documents !== null && documents > 0);
  const likely = ({ name, title }: BaseSummary) => (/faq|问答|问题/i.test(`${name} ${title}`) ? 0 : 1);
  for (const { name } of filled.sort((a, b) => likely(a) - likely(b)).slice(0, LOOKED_AT)) {
    const base = `/v1/knowledge-bases/${segment(name)}`;
    const { data: [document] } = await get<Page<DocumentInfo>>(path(`${base}/documents`, { limit: 1 }), signal);
    if (!document) continue;
    const { data: sections } = await get<SectionPage>(path(`${base}/sections`, { document: document.id, limit: 20 }), signal);
    const questions = sections.flatMap(({ question, off }) => (question && !off ? [question] : []));
    if (questions.length > 0) return { questions: questions.slice(0, MOST), hasDocuments: true };
  }
  return { questions: [], hasDocuments: data.length === 0 || filled.length > 0 };
}
