/** The API's JSON, as far as the console reads it. `host/src/trace.rs` and its neighbours define it. */

export interface List<T> {
  data: T[];
}

export interface Model {
  id: string;
}

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
}

/** A trace in a list. */
export interface Summary {
  id: string;
  created: number;
  app: string;
  question: string;
  answered_by: string;
  finish_reason: string;
  total_ms: number;
  error: string | null;
  usage: Usage | null;
  cost: number | null;
  conversation?: string;
  first_text_ms?: number | null;
  flags?: string[];
  feedback?: Feedback | null;
}

/** What a client thinks of an answer. */
export interface Feedback {
  rating: "up" | "down";
  comment?: string | null;
}

export interface Decision {
  plugin: string;
  verdict: "call" | "offer" | "skip";
  reason: string;
}

export interface HttpReport {
  method: string;
  url: string;
  status: number | null;
  redirects: number;
  body_bytes: number;
  duration_ms: number;
  denied: string | null;
  error: string | null;
  started_ms?: number;
}

export interface BaseReport {
  knowledge_base: string;
  found: number;
  best_score: number | null;
  threshold: number;
  error: string | null;
  degraded?: string;
}

export interface SearchReport {
  text: string;
  wordings?: { asked: string; joined: string };
  bases: BaseReport[];
  hits: number;
  error: string | null;
  duration_ms: number;
  started_ms?: number;
}

export interface CallReport {
  duration_ms: number;
  wait_ms: number;
  instantiate_ms: number;
  peak_memory: number;
  logs: { level: string; message: string }[];
  logs_dropped: number;
  http: HttpReport[];
  searches: SearchReport[];
  degraded?: string[];
  standard_answer?: boolean;
}

export interface Passage {
  text: string;
  title: string;
  section: string[];
  url: string | null;
  knowledge_base: string | null;
  score: number | null;
}

export type Contribution =
  | { kind: "passages"; passages: Passage[] }
  | { kind: "outcome"; text: string; title: string; url: string | null }
  | { kind: "answer"; text: string; sources: Passage[] }
  | { kind: "ask"; text: string; choices: string[] }
  | { kind: "nothing"; reason: string };

export interface PluginCall {
  plugin: string;
  arguments: string | null;
  contribution: Contribution | null;
  error: string | null;
  report: CallReport;
  started_ms?: number;
}

export interface PackedPassage {
  number: number;
  title: string;
  section: string[];
  url: string | null;
  knowledge_base: string | null;
  score: number | null;
  tokens: number;
  whole: boolean;
}

/** A run of a message's text, and where it is from. Its length is in UTF-16 units. */
export interface PromptPart {
  message: number;
  source: string;
  units: number;
  number?: number;
  plugin?: string;
  knowledge_base?: string;
  document?: string;
}

export interface ModelCall {
  purpose: "answer" | "follow_up";
  model: string;
  request_text: string;
  request_bytes: number;
  request_sha256: string | null;
  estimated_tokens: number;
  prompt_budget?: number;
  tool_tokens: number;
  answer_tokens?: number;
  passages: PackedPassage[];
  cuts: { what: string; tokens: number; reason: string }[];
  usage: Usage | null;
  finish_reason: string;
  reasoning?: string;
  held_back?: string;
  tool_calls?: { id: string; name: string; arguments: string }[];
  first_text_ms: number | null;
  total_ms: number;
  error: string | null;
  started_ms?: number;
  prompt_ms?: number;
  parts?: PromptPart[];
}

/** One turn. Times are in milliseconds. */
export interface Trace {
  id: string;
  created: number;
  app: string;
  conversation: string;
  state: string;
  question: string;
  search: { question: string; text: string; beside?: string; by: "none" | "rule" | "model"; reason: string };
  variables: Record<string, string>;
  ignored_fields: string[];
  routes: Decision[];
  calls: PluginCall[];
  whole_text: { knowledge_base: string; tokens: number; documents: { id: string; title: string; sections: number; tokens: number }[]; error: string | null }[];
  model_calls: ModelCall[];
  formatters: { plugin: string; error: string | null; report: CallReport | null; started_ms?: number }[];
  degraded: string[];
  failures: { plugin: string; text: string }[];
  answered_by: string;
  answer: string;
  refusal?: string;
  finish_reason: string;
  error: string | null;
  usage: Usage;
  cost: number | null;
  first_text_ms: number | null;
  total_ms: number;
  items_cut?: number;
  feedback?: Feedback | null;
}

export interface Dependency {
  kind: string;
  name: string;
  status: "ok" | "failing" | "trying" | "away";
  reason?: string;
}

export interface Ready {
  status: "ready" | "unready";
  dependencies?: Dependency[];
}

export interface BaseSummary {
  name: string;
  title: string;
  documents: number | null;
  windows: number | null;
  error: string | null;
  warning: string | null;
}

export interface Hit {
  id: string;
  knowledge_base: string;
  document: string;
  title: string;
  section: string[];
  url: string | null;
  text: string;
  joined: string[];
  score: number;
  dense: number;
  dense_share: number;
  lexical: number;
  exact: boolean;
  same: number | null;
  rerank_score: number | null;
  rank: number;
  standard_answer: string | null;
  offered_answer: string | null;
  question: string | null;
  /** Words of the question that are in the text; with `raw` only. */
  terms?: string[];
}

export interface SearchResults {
  hits: Hit[];
  reports: BaseReport[];
  times: { embed_ms: number; search_ms: number; rerank_ms: number; total_ms: number };
}

export interface DocumentInfo {
  id: string;
  title: string;
  url: string | null;
  metadata: Record<string, unknown>;
  bytes: number;
  sections: number;
  windows: number;
  imported_at: number;
  origin: string | null;
}

/** A page of a list; an older host gives the whole list at once and says nothing of what comes next. */
export interface Page<T> extends List<T> {
  next?: string | null;
  total?: number;
}

export interface Job {
  id: string;
  kind: "import" | "fetch" | "reembed";
  knowledge_base: string;
  state: "queued" | "running" | "waiting" | "interrupted" | "done" | "failed" | "cancelled";
  waiting_for: string | null;
  next_try_at: number | null;
  cancel_requested: boolean;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
  documents_done: number;
  documents_total: number;
  windows: number;
  document: string | null;
  imported: number;
  unchanged: number;
  deleted: number;
  unreadable_total: number;
  unreadable: { document: string; reason: string }[];
  notes_total: number;
  notes: { document: string; note: string }[];
  error: string | null;
}

/** A section as it was cut. */
export interface Section {
  id: number;
  section: string[];
  kind: "text" | "question";
  text: string;
  question?: string;
  variants?: string[];
  answer?: string;
  /** The first character of each window in the text, and the one behind its last. */
  windows: [number, number][];
  off: boolean;
}

/** How a file would be cut; nothing of it is stored. */
export interface Preview extends DocumentInfo {
  state?: "new" | "replaces" | "unchanged";
  cut: Section[];
}

export interface Previews extends List<Preview> {
  unreadable: { document: string; reason: string }[];
}

export interface SectionPage {
  document: DocumentInfo & { off: boolean };
  data: Section[];
  next?: number;
  total: number;
}
