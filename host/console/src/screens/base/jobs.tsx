/** The jobs of a base: how far each is, what stalls it, and which documents could not be read and why. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { answered, get } from "../../api/call";
import { ended } from "../../api/state";
import type { Job } from "../../api/types";
import { address } from "../../frame/place";
import { useAct } from "../../parts/act";
import { clock, count, duration } from "../../parts/format";
import { Failed, Shown, useLoad } from "../../parts/load";
import { download } from "../../parts/long";
import { Told, ToldLines } from "../../parts/told";
import { words } from "../../words";
import { Retry } from "./retry";

/** How long nothing may change before it is said. */
const STALLED = 20;
/** Reasons in the page; an export has all that the host keeps. */
const SHOWN = 200;

export function Jobs({ jobs, changed }: { jobs: Job[]; changed: () => void }): JSX.Element | null {
  const w = words().bases;
  const [all, setAll] = useState(false);
  const shown = jobs.filter(({ state }, index) => all || index === 0 || !ended(state));
  if (shown.length === 0) return null;
  return (
    <section class="card" aria-label={w.jobs}>
      <h2>{w.jobs}</h2>
      {shown.map((job) => <Row key={job.id} job={job} changed={changed} />)}
      {shown.length < jobs.length && <div class="buttons"><button type="button" class="quiet" onClick={() => setAll(true)}>{w.earlier(jobs.length - shown.length)}</button></div>}
    </section>
  );
}

function Row({ job, changed }: { job: Job; changed: () => void }): JSX.Element {
  const w = words().bases;
  const { error, act } = useAct();
  const stalled = useStall(job);
  const cancel = () => act(() => answered(`/v1/jobs/${job.id}`, { method: "DELETE" }).then(changed));
  const isOver = ended(job.state);
  const tone = job.state === "done" ? (job.unreadable_total > 0 ? "warn" : "good") : job.state === "failed" ? "bad" : isOver ? "plain" : "accent";
  return (
    <div class="job" data-state={job.state}>
      <div class="head">
        <span class={`mark ${tone}`}>{w.states[job.state]}</span>
        <span>{w.kinds[job.kind]} · {clock(job.created_at)}</span>
        <span class="muted small">{job.kind === "evaluate" ? <a href={address("bulk", { run: job.id })}>{words().frame.screens["bulk"]}</a> : job.kind === "delete" ? w.deletedCount(count(job.deleted)) : w.counts(count(job.imported), count(job.unchanged), count(job.deleted), count(job.unreadable_total))}</span>
        {job.retry_of && <span class="mark plain">{w.retryOf}</span>}
        {isOver && job.can_retry && !job.retried_by && <Retry base={job.knowledge_base} job={job.id} label={words().documents.retry} started={changed} />}
        {!isOver && <button type="button" disabled={job.cancel_requested} onClick={cancel}>{job.cancel_requested ? w.cancelling : w.cancel}</button>}
      </div>
      {!isOver && (
        <div class="progress">
          <progress value={job.documents_done} max={job.documents_total || 1} aria-label={w.progress} />
          <span>{job.kind === "evaluate" ? words().evaluations.progress(count(job.documents_done), count(job.documents_total)) : w.done(count(job.documents_done), count(job.documents_total))}</span>
          {job.rate && job.state === "running" && <span class="muted small">{rate(job.rate)}</span>}
        </div>
      )}
      {!isOver && job.document && <p class="small muted id">{w.atHand(job.document)}</p>}
      {!isOver && job.waiting_for && <p class="note warn">{w.waitingFor} <Told text={job.waiting_for} /></p>}
      {stalled !== null && <p class="note warn" role="status">{w.stalled(stalled, job.document)}</p>}
      {job.error && <p class="note bad"><Told text={job.error} /></p>}
      {error && <Failed error={error} />}
      {job.state === "done" && job.imported > 0 && (
        <p class="small">{w.next} <a href={address("hit", { bases: job.knowledge_base })}>{words().hit.title}</a> · <a href={address("chat")}>{words().chat.title}</a></p>
      )}
      {isOver && job.unreadable_total + job.notes_total > 0 && <Reasons id={job.id} />}
    </div>
  );
}

/** Each document that could not be read, or not all of it; a list of jobs does not have them. */
function Reasons({ id }: { id: string }): JSX.Element {
  const w = words().bases;
  const whole = useLoad((signal) => get<Job>(`/v1/jobs/${id}`, signal), [id]);
  return (
    <Shown of={whole} rows={2}>
      {(job) => (
        <>
          {job.unreadable_total > 0 && (
            <details class="fold" open>
              <summary><b>{w.unreadable(count(job.unreadable_total))}</b></summary>
              <ul class="reasons">{job.unreadable.slice(0, SHOWN).map(({ document, reason, ...fact }) => <li key={document}><b class="id">{document}</b><br /><Told class="small" text={reason} fact={fact} /></li>)}</ul>
              <button type="button" onClick={() => download(job.unreadable.map(({ document, reason }) => `${document}\t${reason}`).join("\n"), `${id}.tsv`)}>{w.exportReasons}</button>
            </details>
          )}
          {job.notes_total > 0 && (
            <details class="fold">
              <summary>{w.notes(count(job.notes_total))}</summary>
              <ul class="reasons">{job.notes.slice(0, SHOWN).map(({ document, note, lines = [{ text: note }] }, n) => <li key={n}><b class="id">{document}</b><ToldLines lines={lines} /></li>)}</ul>
            </details>
          )}
        </>
      )}
    </Shown>
  );
}

/** How fast it goes, and how long it is likely to take. */
function rate({ documents_per_s, windows_per_s, remaining_s }: NonNullable<Job["rate"]>): string {
  const w = words().bases;
  const fast = documents_per_s >= 1 ? w.documentsPerSecond(documents_per_s.toFixed(1)) : w.documentsPerMinute((documents_per_s * 60).toFixed(1));
  return [fast, windows_per_s > 0 && w.windowsPerSecond(windows_per_s.toFixed(0)), remaining_s !== null && w.remaining(duration(remaining_s * 1000))].filter(Boolean).join(" · ");
}

/** Seconds since something changed, once there are many. */
function useStall(job: Job): number | null {
  const state = `${job.documents_done} ${job.windows} ${job.document} ${job.state}`;
  const since = useRef({ state, at: Date.now() });
  const [, tick] = useState(0);
  if (since.current.state !== state) since.current = { state, at: Date.now() };
  useEffect(() => {
    if (job.state !== "running") return;
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, [job.state]);
  const seconds = Math.max(job.idle_s ?? 0, Math.floor((Date.now() - since.current.at) / 1000));
  return job.state === "running" && seconds >= STALLED ? seconds : null;
}
