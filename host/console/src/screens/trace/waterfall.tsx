/** The waterfall: one bar for each step of a turn, on an axis that always fits the window. */

import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Trace } from "../../api/types";
import { language, words } from "../../words";
import { reasoned } from "../../words/facts";
import { duration } from "../../parts/format";
import { type Kind, type Step, steps, tickDistance } from "./steps";

const TICKS = 6;

export function Waterfall({ trace }: { trace: Trace }): JSX.Element | null {
  const w = words().trace;
  const fall = useMemo(() => steps(trace), [trace, language.value]);
  const [logarithmic, setLogarithmic] = useState(false);
  const { total } = fall;
  const at = (ms: number) => 100 * (logarithmic ? Math.log1p(ms) / Math.log1p(total) : ms / total);
  const kinds = [...new Set(fall.steps.flatMap(({ segments }) => segments.map(({ kind }) => kind)))];
  if (fall.steps.length === 0) return null;
  return (
    <section class="card waterfall" aria-labelledby="steps-title">
      <div class="head">
        <h2 id="steps-title">{w.steps}</h2>
        <ul class="legend">{kinds.map((kind) => <li key={kind}><i class={`bar of-${kind}`} />{w.legend[kind]}</li>)}</ul>
        <label class="check"><input type="checkbox" checked={logarithmic} onChange={() => setLogarithmic(!logarithmic)} /> {w.logScale}</label>
      </div>
      {!fall.begins && <p class="note">{w.noBegins}</p>}
      <div class="axis" aria-hidden="true">
        <div class="ticks">
          {ticks(total, logarithmic).map((ms) => <span key={ms} style={{ left: `${at(ms)}%` }}>{duration(ms)}</span>)}
        </div>
      </div>
      <ol class="fall">
        {fall.steps.map((step) => <Bar key={step.key} step={step} at={at} begins={fall.begins} />)}
      </ol>
    </section>
  );
}

function ticks(total: number, logarithmic: boolean): number[] {
  if (logarithmic) return [0, 1, 10, 100, 1000, 10_000, 100_000].filter((ms) => ms < total * 0.9);
  const distance = tickDistance(total, TICKS);
  // The last one would stand over the edge.
  return Array.from({ length: TICKS + 1 }, (_, n) => n * distance).filter((ms) => ms <= total * 0.93);
}

function Bar({ step, at, begins }: { step: Step; at: (ms: number) => number; begins: boolean }): JSX.Element {
  const w = words().trace;
  const from = step.segments[0]?.from ?? 0;
  const to = step.segments.at(-1)?.to ?? from;
  const named = (kind: Kind, ms: number) => `${w.legend[kind]} ${duration(ms)}`;
  const failed = step.failed && reasoned(step.failed);
  const parts = step.segments.map((segment) => named(segment.kind, segment.to - segment.from)).join(" · ");
  const said = begins ? w.step(step.label, duration(from), duration(to - from)) : `${step.label}: ${duration(to - from)}`;
  return (
    <li class={`depth-${step.depth}${step.failed ? " bad" : ""}`} tabIndex={0} title={`${said}\n${parts}${failed ? `\n${failed}` : ""}`}>
      <span class="label">{step.label}</span>
      <span class="lane" aria-hidden="true">
        {step.segments.map(({ kind, from, to }) => (
          <i key={kind} class={`bar of-${kind}`} data-from={from} data-to={to} style={{ left: `${Math.min(at(from), 99.7)}%`, width: `${at(to) - at(from)}%` }} />
        ))}
      </span>
      <span class="took">{duration(to - from)}</span>
      <span class="parts">{begins && `+${duration(from)} · `}{parts}{failed && <em> {failed}</em>}</span>
    </li>
  );
}
