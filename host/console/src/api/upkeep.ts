/** The JSON of what an operator looks after: plugins, configuration, costs, and what is written into files. */

import { ApiError } from "./call";
import type { CallReport, Contribution, Fact, HttpReport, PromptPart, SearchReport, Usage } from "./types";

/** What a plugin asked for without being granted it. */
export interface Denied {
  what: string;
  /** The table the line belongs to, such as `plugins.kb.grants`. */
  table?: string | null;
  /** The whole line that grants it, in place of one with the same key; nothing where none does. */
  line: string | null;
  count?: number;
  /** The last turn that saw it. */
  last?: string | null;
}

export interface PluginInfo {
  name: string;
  component: string;
  digest: string | null;
  version: string | null;
  kind: "contributor" | "formatter";
  summary: string | null;
  used_by: { app: string; route: string }[];
  grants: { knowledge: string[]; hosts: string[]; secrets: string[] };
  /** Milliseconds and bytes. */
  limits: Record<string, number | null>;
  seen: {
    /** In seconds since 1970. */
    since: number;
    calls: number;
    errors: number;
    p50_ms: number | null;
    p95_ms: number | null;
    peak_memory: number | null;
    /** The most that one call took. */
    worst?: { memory: number; time_ms: number; output: number; requests: number; searches: number };
    denied: Denied[];
    used: { hosts: string[]; knowledge: string[] };
    /** Without a trace where it was a test run. */
    last_errors: { trace: string | null; message: string; at: number }[];
  };
  config?: unknown;
  /** JSON Schema of the configuration. */
  schema?: { properties?: Record<string, { description?: string; default?: unknown }> } | null;
}

/** What a test run of a plugin came to. */
export interface Tried {
  contribution?: Contribution | null;
  /** What a formatter made of a text. */
  text?: string | null;
  logs?: CallReport["logs"];
  logs_dropped?: number;
  ms?: number;
  memory?: number;
  http?: HttpReport[];
  searches?: SearchReport[];
  denied?: Denied[];
  error?: string | null;
}

/** A mistake in the configuration, or what works and will surprise. */
export interface Problem extends Fact {
  file?: string;
  where: string;
  line: number | null;
  message: string;
  mend?: string | null;
}

export interface ConfigInfo {
  path: string;
  text: string;
  loaded_at: number | string;
  /** When the file was changed after it was loaded, or only whether. */
  changed_on_disk: boolean | number | string | null;
  /** What of the file only a restart applies. */
  needs_restart?: string[];
  effective: unknown;
  environment: { name: string; set: boolean }[];
}

/** What a check has found. */
export interface Checked {
  problems: Problem[];
  warnings?: Problem[];
}

export interface Reloaded {
  applied: boolean;
  loaded_at: number | string;
  /** Keys, such as `knowledge.faq.threshold`. */
  changed: string[];
  needs_restart: string[];
}

/** What a change would write, or has written. */
export interface Change {
  diff: string;
  applied: boolean;
  /** Of the file: as it was looked at, or as it was written. */
  digest?: string;
}

export interface AppInfo {
  name: string;
  title: string;
  model?: string | null;
  answer: string;
  plugins: { plugin: string; route: string; when?: { variables?: Record<string, unknown> } | null }[];
  /** Questions to begin with: the first that are stored in the bases the app uses. */
  examples?: string[];
  prompt?: { path?: string | null; variables?: string[]; text?: string | null; digest?: string | null } | null;
}

/** A prompt that a template makes of what a turn had found. */
export interface Rendered {
  request_text: string;
  estimated_tokens: number;
  parts: PromptPart[];
  cuts: { what: string; tokens: number; reason: string }[];
  /** What the app's model makes of it, where that was asked for. */
  answer?: TriedAnswer | null;
}

export interface TriedAnswer {
  model: string;
  text: string;
  finish_reason: string;
  usage: Usage | null;
  cost: number | null;
  total_ms: number;
  error: string | null;
}

export interface CostRow {
  day?: string;
  app?: string;
  model?: string | null;
  purpose?: string | null;
  turns: number;
  /** Turns that were answered well without a model. */
  without_model?: number;
  prompt_tokens: number;
  completion_tokens: number;
  /** In the operator's currency; nothing where a price is missing. */
  cost: number | null;
}

export interface Costs {
  data: CostRow[];
  unpriced: string[];
  /** Where the prices that are missing belong. */
  unpriced_keys?: string[];
  /** The day it is where the host is. */
  today?: string;
  dearest?: { trace: string; question: string; cost: number }[];
}

/** Whether a stored question is found as it was just written. */
export interface Stored {
  document: string;
  section: number;
  fires: boolean;
  same: number | null;
  threshold: number | null;
  reason: string | null;
}

/** The problems of an answer that refuses a configuration, or of one that has checked it. */
export function problemsOf(error: unknown): Problem[] {
  const body = error instanceof ApiError ? (error.body as { problems?: unknown; error?: { problems?: unknown } } | null) : null;
  const problems = body?.problems ?? body?.error?.problems;
  return Array.isArray(problems) ? (problems as Problem[]) : [];
}

/** What is wrong in a text besides the first mistake. */
export function othersOf(error: unknown): Problem[] {
  const body = error instanceof ApiError ? (error.body as { error?: { others?: Problem[] } } | null) : null;
  return body?.error?.others ?? [];
}

/** Where in a text an error is, where it says so. */
export function placeOf(error: unknown): { line: number; column: number } | null {
  if (!(error instanceof ApiError) || typeof error.body !== "object" || error.body === null) return null;
  const body = error.body as { line?: unknown; column?: unknown; error?: { line?: unknown; column?: unknown } };
  const line = body.line ?? body.error?.line;
  const column = body.column ?? body.error?.column;
  return typeof line === "number" ? { line, column: typeof column === "number" ? column : 1 } : null;
}

/** A moment in seconds since 1970, however the host says it. */
export function seconds(moment: number | string | null | undefined): number | null {
  if (typeof moment === "number") return moment;
  const parsed = typeof moment === "string" ? Date.parse(moment) / 1000 : NaN;
  return Number.isNaN(parsed) ? null : parsed;
}
