/** The scores of each base's candidates as dots on a line, and the threshold that is moved over them. */

import type { JSX, TargetedKeyboardEvent } from "preact";
import { Component } from "preact";
import { segment } from "../../api/call";
import type { BaseReport, Hit, SearchResults } from "../../api/types";
import { lack, score } from "../../parts/format";
import { Proposal, type Wish } from "../../parts/proposal";
import { Told } from "../../parts/told";
import { words } from "../../words";
import { type Thresholds, baseOf, isIn, scaleOf, scalesOf } from "./thresholds";

export interface SlidersProps {
  found: SearchResults;
  thresholds: Thresholds;
  /** Absent where the thresholds are the bases' own and stay so. */
  set?: (thresholds: Thresholds) => void;
  own?: Thresholds;
  /** Called when the thresholds have become the bases' own. */
  written?: () => void;
}

export function Sliders({ found, thresholds, set, own, written }: SlidersProps): JSX.Element {
  const w = words().hit;
  const strips = found.reports.flatMap((report) => scalesOf(report.knowledge_base, found.hits).map((scale) => ({ report, scale })));
  const values = strips.map(({ scale }) => thresholds[scale] ?? 0);
  const isOne = values.every((value) => value === values[0]);
  // Of what is seen: a scale without hits may follow another one in the file.
  const isMoved = own && strips.some(({ scale }) => thresholds[scale] !== own[scale]);
  const setAll = (value: number) => set?.(Object.fromEntries(Object.keys(thresholds).map((scale) => [scale, value])));
  return (
    <section class="card strips" aria-label={w.thresholds}>
      {set && strips.length > 1 && (
        <div class="strip">
          <b>{w.all}</b>
          <Slider label={w.thresholdOfAll} value={isOne ? (values[0] ?? 0) : Math.min(...values)} set={setAll} hits={found.hits} thresholds={thresholds} />
          <span class="number">{isOne ? score(values[0]) : w.various}</span>
          <span />
        </div>
      )}
      {strips.map(({ report, scale }) => {
        const { base, isQuestions } = baseOf(scale);
        const isParted = strips.filter((other) => other.report === report).length > 1;
        const hits = found.hits.filter((hit) => scaleOf(hit) === scale);
        const value = thresholds[scale] ?? 0;
        return (
          <div class="strip" key={scale}>
            <b class="id">{base}{isParted && <span class="muted small kind"> {isQuestions ? w.questions : w.passages}</span>}</b>
            <Slider
              label={isParted ? w.thresholdOf(`${base} ${isQuestions ? w.questions : w.passages}`) : w.thresholdOf(base)} value={value} hits={hits} thresholds={thresholds}
              set={set && ((value) => set({ ...thresholds, [scale]: value, ...(!isParted && { [base]: value }) }))}
            />
            <span class="number">{score(value)}</span>
            <span class="told">{told(report, hits, value, set === undefined)}</span>
          </div>
        );
      })}
      {own && (
        <div class="buttons">
          {isMoved && <button type="button" onClick={() => set?.(own)}>{w.reset}</button>}
          <Proposal label={words().change.write} applied={written} wishes={wishes(strips.map(({ scale }) => scale), thresholds, own)} />
        </div>
      )}
    </section>
  );
}

/** What writes the thresholds that were moved. Where a base's hits are of both kinds, both are written: the file's threshold of
 * questions is that of passages where it does not say. */
function wishes(scales: string[], thresholds: Thresholds, own: Thresholds): Wish[] {
  const bases = [...new Set(scales.map((scale) => baseOf(scale).base))];
  return bases.flatMap((base) => {
    const its = scales.filter((scale) => baseOf(scale).base === base);
    if (its.every((scale) => thresholds[scale] === own[scale])) return [];
    const body = Object.fromEntries(its.map((scale) => [baseOf(scale).isQuestions ? "question_threshold" : "threshold", thresholds[scale]]));
    return [{ path: `/v1/knowledge-bases/${segment(base)}`, of: `knowledge.${base}`, body }];
  });
}

/** How many are in, or how far the best is from being in. */
function told(report: BaseReport, hits: Hit[], threshold: number, all: boolean): JSX.Element {
  const w = words().hit;
  const error = report.error ?? report.degraded;
  const count = all ? hits.length : hits.filter((hit) => hit.score >= threshold).length;
  const best = hits.length > 0 ? Math.max(...hits.map((hit) => hit.score)) : report.best_score;
  return (
    <>
      {count > 0 ? <span class="mark good">{w.inside(count)}</span>
        : best === null ? <span class="mark plain">{w.nothing}</span>
          : <span class="mark warn">{w.short(score(best), lack(threshold - best))}</span>}
      {error && <Told class={`note ${report.error ? "bad" : "warn"}`} text={error} />}
    </>
  );
}

interface SliderProps {
  label: string;
  value: number;
  set?: ((value: number) => void) | undefined;
  hits: Hit[];
  thresholds: Thresholds;
}

function Slider({ label, value, set, hits, thresholds }: SliderProps): JSX.Element {
  const pressed = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    const direction = event.key === "ArrowRight" || event.key === "ArrowUp" ? 1 : event.key === "ArrowLeft" || event.key === "ArrowDown" ? -1 : 0;
    if (!event.shiftKey || direction === 0) return;
    event.preventDefault();
    set?.(Math.min(1, Math.max(0, Math.round((value + direction * 0.05) * 100) / 100)));
  };
  return (
    <span class="scale">
      <span class="dots" aria-hidden="true">
        {hits.map((hit) => <Dot key={`${hit.knowledge_base} ${hit.id}`} score={hit.score} isIn={isIn(hit, thresholds)} />)}
        <i class="line" style={{ left: `${100 * value}%` }} />
      </span>
      {set && (
        <input
          type="range" min={0} max={1} step={0.01} value={value} aria-label={label}
          onInput={(event) => set(event.currentTarget.valueAsNumber)} onKeyDown={pressed}
        />
      )}
    </span>
  );
}

interface DotProps {
  score: number;
  isIn: boolean;
}

/** Drawn anew only where it has crossed its threshold: a step moves one line over hundreds of them. */
class Dot extends Component<DotProps> {
  override shouldComponentUpdate({ score, isIn }: DotProps): boolean {
    return isIn !== this.props.isIn || score !== this.props.score;
  }

  override render({ score, isIn }: DotProps): JSX.Element {
    return <i class={isIn ? "in" : ""} style={{ left: `${100 * score}%` }} />;
  }
}
