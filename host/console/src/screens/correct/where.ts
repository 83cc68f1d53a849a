/** Where a turn's answer came from, as far as a correction needs it. */

import { get, post } from "../../api/call";
import type { BaseSummary, List, SearchResults, Trace } from "../../api/types";

/** Documents that are offered as the right one. */
const CANDIDATES = 6;
/** Hits of each base that are looked through for them. */
const HITS = 12;

/** The bases this turn has searched. */
export function searched(trace: Trace): string[] {
  return [...new Set(trace.calls.flatMap(({ report }) => report.searches).flatMap(({ bases }) => bases).map(({ knowledge_base }) => knowledge_base))];
}

/** All bases, those that the turn has searched first. */
export async function basesFor(trace: Trace, signal: AbortSignal): Promise<BaseSummary[]> {
  const { data } = await get<List<BaseSummary>>("/v1/knowledge-bases", signal);
  const first = new Set(searched(trace));
  return [...data.filter(({ name }) => first.has(name)), ...data.filter(({ name }) => !first.has(name))];
}

/** The base that most likely holds questions with answers. */
export function likeliest(bases: BaseSummary[], last: string | null): string {
  const holdsAnswers = ({ name, title }: BaseSummary) => /faq|q-?a|问答|答案|常见问题/i.test(`${name} ${title}`);
  return (bases.find(({ name }) => name === last) ?? bases.find(holdsAnswers) ?? bases[0])?.name ?? "";
}

export interface Candidate {
  base: string;
  document: string;
  title: string;
  score: number;
}

/** Documents that the question comes near to, the nearest first: those that were in the prompt among them. */
export async function candidates(trace: Trace, signal: AbortSignal): Promise<Candidate[]> {
  const bases = searched(trace);
  const query = { query: trace.search.text || trace.question, raw: true, top_k: HITS, ...(bases.length > 0 && { knowledge_bases: bases }) };
  const { hits } = await post<SearchResults>("/v1/knowledge-bases/search", query, signal);
  const found = new Map<string, Candidate>();
  for (const { knowledge_base: base, document, title, score } of [...hits].sort((a, b) => b.score - a.score)) {
    const key = `${base} ${document}`;
    if (!found.has(key)) found.set(key, { base, document, title, score });
  }
  return [...found.values()].slice(0, CANDIDATES);
}

/** Whether what was said is an answer, and not the app's words where it has none. */
export function wasAnswered({ answered_by, error }: Trace): boolean {
  return !error && answered_by !== "" && answered_by !== "nothing_found" && answered_by !== "unavailable";
}

/** An answer without what points to sources: a stored answer has none. */
export function withoutCitations(answer: string): string {
  const list = /\n\n(?:\*\*[^\n]*\*\*\n\n)?(?:- (?:\[\d{1,3}\] [^\n]*|…)\n?)+$/;
  return answer.replace(list, "").replace(/\\\[\d{1,3}\\\]|\[\[\d{1,3}\]\]\([^)\s]*\)/g, "").trim();
}
