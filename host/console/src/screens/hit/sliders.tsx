/** The scores of each base's candidates as dots on a line, and the threshold that is moved over them. */

import type { JSX, TargetedKeyboardEvent } from "preact";
import { segment } from "../../api/call";
import type { BaseReport, Hit, SearchResults } from "../../api/types";
import { score } from "../../parts/format";
import { Proposal } from "../../parts/proposal";
import { words } from "../../words";
import { type Thresholds, isIn } from "./thresholds";

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
  const values = Object.values(thresholds);
  const isOne = values.every((value) => value === values[0]);
  const changed = own ? Object.entries(thresholds).filter(([base, value]) => value !== own[base]) : [];
  const setAll = (value: number) => set?.(Object.fromEntries(found.reports.map(({ knowledge_base }) => [knowledge_base, value])));
  return (
    <section class="card strips" aria-label={w.thresholds}>
      {set && found.reports.length > 1 && (
        <div class="strip">
          <b>{w.all}</b>
          <Slider label={w.thresholdOfAll} value={isOne ? (values[0] ?? 0) : Math.min(...values)} set={setAll} hits={found.hits} thresholds={thresholds} />
          <span class="number">{isOne ? score(values[0]) : w.various}</span>
          <span />
        </div>
      )}
      {found.reports.map((report) => {
        const hits = found.hits.filter(({ knowledge_base }) => knowledge_base === report.knowledge_base);
        const value = thresholds[report.knowledge_base] ?? 0;
        return (
          <div class="strip" key={report.knowledge_base}>
            <b class="id">{report.knowledge_base}</b>
            <Slider
              label={w.thresholdOf(report.knowledge_base)} value={value} hits={hits} thresholds={thresholds}
              set={set && ((value) => set({ ...thresholds, [report.knowledge_base]: value }))}
            />
            <span class="number">{score(value)}</span>
            <span class="told">{told(report, hits, thresholds)}</span>
          </div>
        );
      })}
      {own && (
        <div class="buttons">
          {changed.length > 0 && <button type="button" onClick={() => set?.(own)}>{w.reset}</button>}
          <Proposal
            label={words().change.write} applied={written}
            wishes={changed.map(([base, threshold]) => ({ path: `/v1/knowledge-bases/${segment(base)}`, body: { threshold } }))}
          />
        </div>
      )}
    </section>
  );
}

/** How many are in, or how far the best is from being in. */
function told(report: BaseReport, hits: Hit[], thresholds: Thresholds): JSX.Element {
  const w = words().hit;
  const error = report.error ?? report.degraded;
  const threshold = thresholds[report.knowledge_base] ?? 0;
  const count = hits.filter((hit) => isIn(hit, thresholds)).length;
  return (
    <>
      {count > 0 ? <span class="mark good">{w.inside(count)}</span>
        : report.best_score === null ? <span class="mark plain">{w.nothing}</span>
          : <span class="mark warn">{w.short(score(report.best_score), score(threshold - report.best_score))}</span>}
      {error && <span class={`note ${report.error ? "bad" : "warn"}`}>{error}</span>}
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
        {hits.map((hit) => <i key={`${hit.knowledge_base} ${hit.id}`} class={isIn(hit, thresholds) ? "in" : ""} style={{ left: `${100 * hit.score}%` }} />)}
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
