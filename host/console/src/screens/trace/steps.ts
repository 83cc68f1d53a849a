/** The steps of a turn with their begins and ends, as a waterfall draws them. */

import type { Trace } from "../../api/types";
import { head } from "../../parts/long";
import { words } from "../../words";

/** Characters that a row's label has of what was searched for. */
const LABEL = 60;

export type Kind = "route" | "follow_up" | "wait" | "instantiate" | "run" | "search" | "http" | "prompt" | "first" | "rest" | "formatter";

export interface Segment {
  kind: Kind;
  from: number;
  to: number;
}

export interface Step {
  key: string;
  label: string;
  /** Under what it belongs to: 1. */
  depth: 0 | 1;
  segments: Segment[];
  failed: string | null;
}

/** In the order begun, what belongs to a step below it. `begins` is false where the trace does not know them. */
export function steps(trace: Trace): { steps: Step[]; begins: boolean; total: number } {
  const w = words().trace;
  let begins = true;
  const begin = (started: number | undefined): number => {
    if (started === undefined) begins = false;
    return started ?? 0;
  };
  const groups: Step[][] = [];
  for (const [kind, time] of [["route", trace.routing], ["follow_up", trace.search.time]] as const) {
    if (time) groups.push([{ key: kind, label: w.legend[kind] ?? kind, depth: 0, failed: null, segments: [{ kind, from: time.started_ms, to: time.started_ms + time.duration_ms }] }]);
  }
  trace.calls.forEach((call, index) => {
    const { report } = call;
    const started = begin(call.started_ms);
    const placed = started + report.wait_ms;
    const made = placed + report.instantiate_ms;
    const group: Step[] = [{
      key: `call-${index}`, label: call.plugin, depth: 0, failed: call.error,
      segments: [
        { kind: "wait", from: started, to: placed },
        { kind: "instantiate", from: placed, to: made },
        { kind: "run", from: made, to: Math.max(made, placed + report.duration_ms) },
      ],
    }];
    report.searches.forEach((search, n) => {
      const from = search.started_ms ?? made;
      const bases = search.bases.map(({ knowledge_base }) => knowledge_base).join(", ");
      group.push({ key: `call-${index}-search-${n}`, label: w.searchOf(bases) + (report.searches.length > 1 ? `「${head(search.text, LABEL)}」` : ""), depth: 1, failed: search.error, segments: [{ kind: "search", from, to: from + search.duration_ms }] });
    });
    report.http.forEach((http, n) => {
      const from = http.started_ms ?? made;
      group.push({
        key: `call-${index}-http-${n}`, label: `${http.method} ${http.url}`, depth: 1, failed: http.denied ?? http.error,
        segments: [{ kind: "http", from, to: from + http.duration_ms }],
      });
    });
    groups.push(group);
  });
  trace.model_calls.forEach((call, index) => {
    const from = begin(call.started_ms);
    const first = from + (call.first_text_ms ?? call.total_ms);
    groups.push([{
      key: `model-${index}`, label: call.purpose === "follow_up" ? w.followUp(call.model) : w.model(call.model), depth: 0, failed: call.error,
      segments: [{ kind: "prompt", from: Math.max(0, from - (call.prompt_ms ?? 0)), to: from }, { kind: "first", from, to: first }, { kind: "rest", from: first, to: Math.max(first, from + call.total_ms) }],
    }]);
  });
  trace.formatters.forEach(({ plugin, report, error, started_ms }, index) => {
    if (!report) return;
    const from = begin(started_ms);
    groups.push([{
      key: `formatter-${index}`, label: w.formatter(plugin), depth: 0, failed: error,
      segments: [{ kind: "wait", from, to: from + report.wait_ms }, { kind: "formatter", from: from + report.wait_ms, to: from + report.wait_ms + report.duration_ms }],
    }]);
  });
  const beginOf = (group: Step[]) => group[0]?.segments[0]?.from ?? 0;
  if (begins) groups.sort((a, b) => beginOf(a) - beginOf(b));
  const all = groups.flat();
  for (const step of all) step.segments = step.segments.filter(({ from, to }, index, whole) => to > from || (whole.length === 1 && index === 0));
  const ends = all.flatMap(({ segments }) => segments.map(({ to }) => to));
  return { steps: all, begins, total: Math.max(trace.total_ms, ...ends, 0.001) };
}

/** The distance of an axis' ticks: 1, 2 or 5 times a power of ten, so that there are at most `most`. */
export function tickDistance(total: number, most: number): number {
  const least = total / most;
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10;
  return factor * power;
}
