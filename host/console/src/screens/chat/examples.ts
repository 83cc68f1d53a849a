/** Questions to begin with: the first that are stored in the bases the app uses. */

import { get, segment } from "../../api/call";
import type { BaseSummary, List } from "../../api/types";
import type { AppInfo } from "../../api/upkeep";

const MOST = 3;

export interface Examples {
  questions: string[];
  /** Whether any base has a document. */
  hasDocuments: boolean;
}

export async function examples(app: string, signal: AbortSignal): Promise<Examples> {
  const [{ examples: questions = [] }, { data: bases }] = await Promise.all([
    get<AppInfo>(`/v1/apps/${segment(app)}`, signal),
    get<List<BaseSummary>>("/v1/knowledge-bases", signal),
  ]);
  const hasDocuments = bases.length === 0 || bases.some(({ documents, error }) => !error && documents !== null && documents > 0);
  return { questions: questions.slice(0, MOST), hasDocuments };
}
