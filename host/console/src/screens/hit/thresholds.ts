/** The thresholds that are tried, one for each scale, and how the address says them. */

import type { BaseReport } from "../../api/types";

/** A base's passages are measured on the scale of its name, its stored questions on that with a mark behind it:
 * the configuration has a threshold for each of the two. */
export type Thresholds = Readonly<Record<string, number>>;

const OF_QUESTIONS = "?";

interface Scored {
  knowledge_base: string;
  score: number;
  question?: string | null;
}

export function scaleOf({ knowledge_base, question }: Scored): string {
  return typeof question === "string" ? knowledge_base + OF_QUESTIONS : knowledge_base;
}

/** The base of a scale, and whether it is that of its stored questions. */
export function baseOf(scale: string): { base: string; isQuestions: boolean } {
  const isQuestions = scale.endsWith(OF_QUESTIONS);
  return { base: isQuestions ? scale.slice(0, -OF_QUESTIONS.length) : scale, isQuestions };
}

/** The bases' own thresholds. */
export function ownThresholds(reports: BaseReport[]): Thresholds {
  return Object.fromEntries(reports.flatMap(({ knowledge_base, threshold, thresholds }) => [
    [knowledge_base, thresholds?.passages ?? threshold],
    [knowledge_base + OF_QUESTIONS, thresholds?.questions ?? threshold],
  ]));
}

/** The scales that a base's hits are on; one without hits has that of its passages. */
export function scalesOf(base: string, hits: Scored[]): string[] {
  const found = [...new Set(hits.filter(({ knowledge_base }) => knowledge_base === base).map(scaleOf))].sort();
  return found.length > 0 ? found : [base];
}

/** `0.52` is for all bases, `faq:0.6,help:0.5` for some; the others have their own. */
export function readThresholds(text: string | undefined, own: Thresholds): Thresholds {
  if (!text) return own;
  const all = legal(Number(text));
  if (all !== null) return Object.fromEntries(Object.keys(own).map((scale) => [scale, all]));
  const changed = text.split(",").flatMap((part) => {
    const at = part.lastIndexOf(":");
    const threshold = legal(Number(part.slice(at + 1)));
    const scale = part.slice(0, at);
    return threshold !== null && scale in own ? [[scale, threshold] as const] : [];
  });
  return { ...own, ...Object.fromEntries(changed) };
}

export function writeThresholds(thresholds: Thresholds, own: Thresholds): string | undefined {
  const changed = Object.entries(thresholds).filter(([scale, threshold]) => threshold !== own[scale]);
  const values = new Set(Object.values(thresholds));
  if (changed.length === 0) return undefined;
  if (changed.length === Object.keys(own).length && values.size === 1) return String([...values][0]);
  return changed.map(([scale, threshold]) => `${scale}:${threshold}`).join(",");
}

function legal(threshold: number): number | null {
  return threshold >= 0 && threshold <= 1 ? threshold : null;
}

/** The one comparison: a hit is in where the host's own score, as it was sent, reaches the threshold. */
export function isIn(hit: Scored, thresholds: Thresholds): boolean {
  return hit.score >= (thresholds[scaleOf(hit)] ?? 0);
}
