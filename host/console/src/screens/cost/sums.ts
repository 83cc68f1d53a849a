/** Sums over the rows of a cost table. */

import type { CostRow } from "../../api/upkeep";

export const GROUPS = ["app", "model", "purpose"] as const;
export type Group = (typeof GROUPS)[number];

export interface Sum {
  turns: number;
  prompt_tokens: number;
  completion_tokens: number;
  cost: number;
  /** Whether a price was missing in some of it. */
  isPartial: boolean;
}

/** Rows beside a turn's answer: their turns are counted there already. */
const BESIDE = ["rewrite", "embed", "rerank"];

export function sum(rows: CostRow[]): Sum {
  const total: Sum = { turns: 0, prompt_tokens: 0, completion_tokens: 0, cost: 0, isPartial: false };
  const answers = rows.filter(({ purpose }) => !BESIDE.includes(purpose ?? ""));
  for (const { turns } of answers.length > 0 ? answers : rows) total.turns += turns;
  for (const { prompt_tokens, completion_tokens, cost } of rows) {
    total.prompt_tokens += prompt_tokens;
    total.completion_tokens += completion_tokens;
    total.cost += cost ?? 0;
    total.isPartial ||= cost === null && prompt_tokens + completion_tokens > 0;
  }
  return total;
}

/** Turns that were answered well, and by no model. */
export function withoutModel(rows: CostRow[]): number {
  return rows.reduce((all, { without_model = 0 }) => all + without_model, 0);
}

/** The rows of each value of a group, the dearest first. */
export function grouped(rows: CostRow[], group: Group): { name: string; sum: Sum; rows: CostRow[] }[] {
  const found = new Map<string, CostRow[]>();
  for (const row of rows) {
    const name = row[group] ?? "";
    found.set(name, [...(found.get(name) ?? []), row]);
  }
  return [...found]
    .map(([name, rows]) => ({ name, rows, sum: sum(rows) }))
    .sort((a, b) => b.sum.cost - a.sum.cost || b.sum.turns - a.sum.turns || a.name.localeCompare(b.name));
}

/** A day of the browser's zone, as the host takes it. */
export function dayOf(time: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

/** So many days, the last of them named. */
export function days(last: string, length: number): string[] {
  const [year = 0, month = 1, day = 1] = last.split("-").map(Number);
  return Array.from({ length }, (_, n) => dayOf(new Date(year, month - 1, day - (length - 1 - n), 12)));
}
