/** What is known of an app before it is asked: questions to begin with, and what a request may name. */

import { get, segment } from "../../api/call";
import type { BaseSummary, List } from "../../api/types";
import type { AppInfo } from "../../api/upkeep";

const MOST = 3;

export interface About {
  /** The first that are stored in the bases the app uses. */
  questions: string[];
  /** Whether any base has a document. */
  hasDocuments: boolean;
  plugins: string[];
  /** Names of variables that its prompt and its routes look at. */
  variables: string[];
}

export async function about(app: string, signal: AbortSignal): Promise<About> {
  const [{ examples = [], plugins, prompt }, { data: bases }] = await Promise.all([
    get<AppInfo>(`/v1/apps/${segment(app)}`, signal),
    get<List<BaseSummary>>("/v1/knowledge-bases", signal),
  ]);
  const looked = plugins.flatMap(({ when }) => Object.keys(when?.variables ?? {}));
  return {
    questions: examples.slice(0, MOST),
    hasDocuments: bases.length === 0 || bases.some(({ documents, error }) => !error && documents !== null && documents > 0),
    plugins: [...new Set(plugins.map(({ plugin }) => plugin))],
    variables: [...new Set([...(prompt?.variables ?? []), ...looked])],
  };
}
