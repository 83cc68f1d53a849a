/** The JSON of an evaluation; `host/src/evaluate/report.rs` defines it. */

export interface Point {
  threshold: number;
  answered: number;
  right: number;
  precision: number | null;
  recall: number;
  kept: number;
}

export interface Curve {
  questions: number;
  answerable: number;
  /** At 0.00, 0.01, … 1.00. */
  points: Point[];
  wanted: { precision: number; met: Point | null }[];
  best_f1: Point;
  most_precise: Point;
  configured: Point | null;
}

export interface Ranking {
  questions: number;
  recall: { k: number; value: number }[];
  hit: { k: number; value: number }[];
  mrr_at_10: number;
  ndcg_at_10: number;
}

export interface Part {
  base: string | null;
  ranking: Ranking | null;
  together: Ranking | null;
  curve: Curve;
  answers: Curve | null;
}

export interface Miss {
  place: string;
  question: string;
  right: string[];
  right_text: string | null;
  right_rank: number | null;
  right_score: number | null;
  came: { knowledge_base: string; document: string; title: string; score: number; text: string } | null;
}

export interface Report {
  file: string;
  questions: number;
  bases: { name: string; documents: number; windows: number; threshold: number; answer_threshold: number; top_k: number }[];
  skipped: string[];
  notes: string[];
  depth: number;
  seconds: number;
  times: { embed_ms: { p50: number; p95: number }; search_ms: { p50: number; p95: number } } | null;
  overall: Part;
  parts: Part[];
  missed: number;
  misses: Miss[];
}

/** How a file of questions was read, before they are asked. */
export interface Understood {
  questions: number;
  /** Questions for which nothing is right. */
  nothing_right: number;
  /** The first of them. */
  data: { place: string; question: string; base: string | null; right: string[] }[];
  skipped: string[];
  skipped_total: number;
}

/** One setting that a run has tried, and what came of it. */
export interface Variant {
  name: string;
  threshold: number | null;
  answer_threshold: number | null;
  filters?: unknown;
  /** Not in a list of runs, and not before the run has ended. */
  report?: Report | null;
}

/** A run of an evaluation, as a job of the host. Times are seconds since 1970. */
export interface Run {
  id: string;
  state: "queued" | "running" | "waiting" | "interrupted" | "done" | "failed" | "cancelled";
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
  error: string | null;
  cancel_requested: boolean;
  note: string | null;
  /** Over all variants. */
  questions_done: number;
  questions_total: number;
  file: string;
  bases: string[];
  questions: number;
  skipped: string[];
  variants: Variant[];
}

export type Verdict = "right" | "missed" | "wrongly_found" | "rightly_empty";

/** How one question came out. */
export interface Outcome {
  verdict: Verdict;
  right_rank: number | null;
  right_score: number | null;
  came: Miss["came"];
}

export interface Judged extends Outcome {
  number: number;
  place: string;
  question: string;
  right: string[];
  /** In the run it is compared with; nothing where that one did not ask it. */
  before?: Outcome | null;
}
