/** The runs there are: how far each is, which one is shown, and with which it is compared. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { answered, get, path, segment } from "../../api/call";
import type { Run } from "../../api/evaluation";
import { ended } from "../../api/state";
import type { Page } from "../../api/types";
import { adjust, step } from "../../frame/place";
import { useAct } from "../../parts/act";
import { count, duration } from "../../parts/format";
import { Failed, type Loaded, useLoad } from "../../parts/load";
import { Told } from "../../parts/told";
import { When } from "../../parts/when";
import { words } from "../../words";

/** Runs that are shown at once. */
const FIRST = 6;

/** The runs, looked at once a second while one is at work and somebody sees it, and not else. */
export function useRuns(): Loaded<Page<Run>> {
  const runs = useLoad((signal) => get<Page<Run>>(path("/v1/evaluations", { limit: 50 }), signal), []);
  const active = runs.data?.data.some(({ state }) => !ended(state)) ?? false;
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => document.visibilityState === "visible" && runs.reload(), 1000);
    return () => clearInterval(timer);
  }, [active]);
  return runs;
}

export function nameOf({ note, file }: Run): string {
  return note || file;
}

export function Runs({ runs, shown, changed }: { runs: Run[]; shown: string | undefined; changed: () => void }): JSX.Element {
  const w = words().evaluations;
  const [all, setAll] = useState(false);
  const listed = runs.filter((run, index) => all || index < FIRST || run.id === shown);
  return (
    <section class="card" aria-label={w.runs}>
      <h2>{w.runs}</h2>
      <ul class="runs-list">{listed.map((run) => <Row key={run.id} run={run} isShown={run.id === shown} changed={changed} />)}</ul>
      {listed.length < runs.length && <div class="buttons"><button type="button" class="quiet" onClick={() => setAll(true)}>{words().hit.rest(runs.length - listed.length)}</button></div>}
    </section>
  );
}

function Row({ run, isShown, changed }: { run: Run; isShown: boolean; changed: () => void }): JSX.Element {
  const w = words();
  const e = w.evaluations;
  const { error, act } = useAct();
  const [isSure, setSure] = useState(false);
  const isOver = ended(run.state);
  const remove = () => act(() => answered(`/v1/evaluations/${segment(run.id)}`, { method: "DELETE" }).then(() => {
    if (isShown && isOver) adjust({ run: undefined, v: undefined });
    changed();
  }));
  const tone = run.state === "done" ? "good" : run.state === "failed" ? "bad" : isOver ? "plain" : "accent";
  const took = run.started_at !== null && run.finished_at !== null ? run.finished_at - run.started_at : null;
  return (
    <li class="job" data-run={run.id} data-state={run.state}>
      <div class="head">
        <span class={`mark ${tone}`}>{w.bases.states[run.state]}</span>
        <b class="id">{nameOf(run)}</b>
        <span class="muted small">
          <When at={run.created_at} /> · {e.questions(count(run.questions))} · {run.bases.join("、")}
          {took !== null && took > 0 && ` · ${duration(took * 1000)}`}{run.variants.length > 1 && ` · ${run.variants.map(({ name }) => name).join(" / ")}`}
        </span>
        <span class="acts">
          {!isOver && <button type="button" disabled={run.cancel_requested} onClick={remove}>{run.cancel_requested ? w.bases.cancelling : w.bases.cancel}</button>}
          {run.state === "done" && <button type="button" data-entry aria-pressed={isShown} onClick={() => step({ run: run.id, v: undefined })}>{isShown ? e.opened : e.open}</button>}
          {isOver && (
            <button type="button" class={isSure ? "danger" : "quiet"} aria-label={`${isSure ? w.bases.surely : ""} ${e.removeIt(nameOf(run))}`.trim()} onBlur={() => setSure(false)} onClick={() => (isSure ? remove() : setSure(true))}>
              {isSure ? w.bases.surely : e.remove}
            </button>
          )}
        </span>
      </div>
      {!isOver && (
        <div class="progress">
          <progress value={run.questions_done} max={run.questions_total || 1} aria-label={w.bulk.running} />
          <span role="status">{e.progress(count(run.questions_done), count(run.questions_total))}</span>
        </div>
      )}
      {run.state === "interrupted" && <p class="note warn">{e.interrupted}</p>}
      {run.error && <p class="note bad"><Told text={run.error} /></p>}
      {error && <Failed error={error} />}
    </li>
  );
}
