/** The API's JSON, as far as the console reads it. `host/src/trace.rs` and its neighbours define it. */

export interface List<T> {
  data: T[];
}

/** A fact the host names, so that it can be said in the page's language; without it the host's English is shown. */
export interface Fact {
  kind?: string | null;
  params?: Record<string, unknown> | null;
  /** What is said in places that hold a sentence of its own. */
  inner?: Record<string, Fact> | null;
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
  answer_kind?: string | null;
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
  /** Of the best that was seen. */
  threshold: number;
  /** Of each kind; with `raw` only. */
  thresholds?: { passages: number; questions: number };
  error: string | null;
  degraded?: string;
}

/** How a field of a document's metadata is tested. */
export type Operator = "eq" | "ne" | "in" | "nin" | "gt" | "gte" | "lt" | "lte" | "exists";

export interface FilterTest {
  field: string;
  operator: Operator;
  value?: string | number | boolean | (string | number)[];
}

/** Which documents may be found, as a search takes it. */
export interface Filter {
  filters: FilterTest[];
  condition?: "and" | "or";
}

export interface SearchReport {
  text: string;
  wordings?: { asked: string; joined: string };
  /** What the plugin asked for; each absent where it left it to the base. */
  filters?: Filter | FilterTest[];
  top_k?: number;
  threshold?: number;
  context?: boolean;
  /** In the order searched; an older trace has them as `bases` only. */
  asked_bases?: string[];
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
  told_beside?: string;
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

/** When a step was. An older trace does not know it. */
export interface StepTime {
  started_ms: number;
  duration_ms: number;
}

/** One turn. Times are in milliseconds. */
export interface Trace {
  id: string;
  created: number;
  app: string;
  conversation: string;
  state: string;
  question: string;
  search: { question: string; text: string; beside?: string; by: "none" | "rule" | "model"; reason: string; time?: StepTime };
  variables: Record<string, string>;
  ignored_fields: string[];
  routes: Decision[];
  routing?: StepTime;
  calls: PluginCall[];
  whole_text: { knowledge_base: string; tokens: number; documents: { id: string; title: string; sections: number; tokens: number }[]; not_shown?: { id: string; title: string }[]; error: string | null }[];
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
  status: "ready" | "degraded" | "unready";
  dependencies?: Dependency[];
}

export interface BaseSummary {
  name: string;
  title: string;
  documents: number | null;
  windows: number | null;
  error: string | null;
  warning: string | null;
  state?: BaseState;
  threshold?: number;
  weight?: number;
  embedder?: { configured: string; serving?: string | null; reembed_needed?: boolean } | null;
  used_by?: { app: string; plugins: string[]; whole_text: boolean; follow_up?: string | null }[];
}

export type BaseState = "ok" | "degraded" | "needs_reembed" | "unavailable";

/** A key of `[knowledge.NAME]`: what the file says, and what a search goes by. */
export interface Setting {
  /** As in the file, or the default. */
  value: unknown;
  effective: unknown;
  source: "file" | "default";
  inherited?: string;
  line: number | null;
  key: string;
  changeable: boolean;
  min?: number;
  max?: number;
  whole?: boolean;
}

export interface BaseDetail extends BaseSummary {
  bytes: number | null;
  /** Documents with import notes, and those that are switched off. */
  noted: number | null;
  off: number | null;
  /** Documents that the last imports could not read. */
  failed: number | null;
  store: { name: string; kind: string } | null;
  embedder: { configured: string; serving: string | null; reembed_needed: boolean } | null;
  settings: Record<string, Setting>;
  used_by: { app: string; plugins: string[]; whole_text: boolean; follow_up?: string | null }[];
  sources: string[];
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
  off?: boolean;
  /** What is worth knowing of its import. */
  note_lines?: NoteLine[];
}

/** A document that the last import that met it could not read. */
export interface FailedDocument extends Fact {
  id: string;
  reason: string;
  job: string;
  failed_at: number;
  can_retry: boolean;
}

/** What a deletion by filter would delete. */
export interface Deletion {
  matched: number;
  examples: string[];
}

/** A page of a list; an older host gives the whole list at once and says nothing of what comes next. */
export interface Page<T> extends List<T> {
  next?: string | null;
  total?: number;
}

export interface Job {
  id: string;
  kind: "import" | "fetch" | "reembed" | "delete" | "evaluate";
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
  unreadable: Unreadable[];
  notes_total: number;
  notes: { document: string; note: string; lines?: NoteLine[] }[];
  error: string | null;
  can_retry?: boolean;
  retry_of?: string | null;
  retried_by?: string | null;
  /** Of the present try. */
  rate?: { documents_per_s: number; windows_per_s: number; remaining_s: number | null } | null;
  /** Seconds since the last change, while it runs. */
  idle_s?: number;
}

/** A line of a note. */
export interface NoteLine extends Fact {
  text: string;
}

export interface Unreadable extends Fact {
  document: string;
  reason: string;
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
  unreadable: Unreadable[];
}

export interface SectionPage {
  document: DocumentInfo & { off: boolean };
  data: Section[];
  next?: number;
  total: number;
}
