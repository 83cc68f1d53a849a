/** What is said of a turn in a word or two. */

import type { Summary, Trace } from "../../api/types";
import { words } from "../../words";

/** Where an answer came from. */
export function source(answeredBy: string): string {
  const w = words().by;
  if (!answeredBy) return w.nobody;
  if (answeredBy.startsWith("model ")) return w.model(answeredBy.slice("model ".length));
  if (answeredBy === "nothing_found") return w.nothing_found;
  if (answeredBy === "unavailable") return w.unavailable;
  return w.plugin(answeredBy);
}

/** The same of a turn in a list. */
export function listedSource({ answered_by, answer_kind }: Summary): string {
  const w = words().by;
  if (answer_kind === "standard") return `${w.standard} · ${answered_by}`;
  if (answer_kind === "ask") return `${w.ask} · ${answered_by}`;
  return source(answered_by);
}

/** The same with what only the whole trace tells. */
export function wholeSource(trace: Trace): string {
  const w = words().by;
  const call = trace.calls.find(({ plugin }) => plugin === trace.answered_by);
  if (call?.report.standard_answer) return `${w.standard} · ${source(trace.answered_by)}`;
  if (call?.contribution?.kind === "ask") return `${w.ask} · ${source(trace.answered_by)}`;
  return source(trace.answered_by);
}

type Tone = "bad" | "warn" | "good" | "plain";

/** What stands out about a turn. */
export function marks(turn: Summary): { name: string; tone: Tone }[] {
  const found: { name: string; tone: Tone }[] = [];
  if (turn.finish_reason === "cancelled") found.push({ name: "cancelled", tone: "warn" });
  else if (turn.error || turn.finish_reason === "error") found.push({ name: "error", tone: "bad" });
  for (const flag of turn.flags ?? []) {
    // Where nothing could be had of the bases, the last mark says so.
    const isSaid = flag === "error" || flag === "nothing" || (flag === "degraded" && turn.answered_by === "unavailable");
    if (!isSaid) found.push({ name: flag, tone: flag === "denial" ? "bad" : "warn" });
  }
  if (turn.answered_by === "nothing_found") found.push({ name: "nothing", tone: "plain" });
  if (turn.answered_by === "unavailable") found.push({ name: "unavailable", tone: "bad" });
  if (turn.feedback) found.push({ name: turn.feedback.rating, tone: turn.feedback.rating === "up" ? "good" : "bad" });
  return found;
}
