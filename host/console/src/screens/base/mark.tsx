/** Whether a base can be searched as it should, in a word. */

import type { JSX } from "preact";
import type { BaseSummary } from "../../api/types";
import { words } from "../../words";

const TONES: Record<string, string> = { ok: "good", degraded: "warn", needs_reembed: "warn", unavailable: "bad" };

export function BaseMark({ base: { state, error, warning } }: { base: BaseSummary }): JSX.Element {
  const known = state ?? (error ? "unavailable" : warning ? "degraded" : "ok");
  return <span class={`mark ${TONES[known] ?? "plain"}`}>{words().bases.baseStates[known] ?? known}</span>;
}
