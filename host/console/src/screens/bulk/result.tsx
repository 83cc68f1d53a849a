/** What an evaluation found: the curve with a threshold moved over it, each base, the misses, and the run before. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { segment } from "../../api/call";
import type { Curve, Part, Ranking, Report } from "../../api/evaluation";
import { Select, Switch } from "../../parts/choose";
import { count, duration, score } from "../../parts/format";
import { Proposal } from "../../parts/proposal";
import { Told } from "../../parts/told";
import { words } from "../../words";
import { Skipped } from "./asking";
import { Chart } from "./chart";
import { QuestionList, type Questions } from "./questions";

const PRECISIONS = [0.8, 0.9, 0.95, 0.99];

export function Result({ report, before, questions }: { report: Report; before: Report | null; questions: Questions }): JSX.Element {
  const w = words().bulk;
  const parts = [report.overall, ...report.parts];
  const [shown, show] = useState(0);
  const part = parts[shown] ?? report.overall;
  const [wantsAnswers, setAnswers] = useState(false);
  const isAnswers = wantsAnswers && part.answers !== null;
  const then = before && [before.overall, ...before.parts].find(({ base }) => base === part.base);
  return (
    <>
      <section class="card">
        <div class="head">
          <h2>{report.file} <span class="muted small">{w.asked(report.questions, duration(report.seconds * 1000))}</span></h2>
          {report.times && <span class="muted small">{w.times(duration(report.times.embed_ms.p50), duration(report.times.search_ms.p50), duration(report.times.search_ms.p95))}</span>}
        </div>
        {report.notes.map((note) => <p key={note} class="note"><Told text={note} /></p>)}
        <Skipped lines={report.skipped} />
        <Table report={report} before={before} />
      </section>
      <section class="card">
        <div class="head">
          <h2>{w.curve}</h2>
          {part.answers && (
            <Switch label={w.which} value={isAnswers ? "answers" : "hits"} options={[["hits", w.ofHits], ["answers", w.ofAnswers]]} set={(which) => setAnswers(which === "answers")} />
          )}
          {parts.length > 1 && (
            <Select label={w.part} value={String(shown)} options={parts.map(({ base }, index) => [String(index), base ?? w.together])} set={(index) => show(Number(index))} />
          )}
        </div>
        <Threshold key={`${shown} ${isAnswers}`} curve={curveOf(part, isAnswers)} then={then ? curveOf(then, isAnswers) : null} answers={isAnswers} writes={part.base ?? (report.bases.length === 1 ? (report.bases[0]?.name ?? null) : null)} />
      </section>
      <QuestionList key={questions.url} {...questions} report={report} />
    </>
  );
}

function curveOf(part: Part, isAnswers: boolean): Curve {
  return (isAnswers && part.answers) || part.curve;
}

interface ThresholdProps {
  curve: Curve;
  /** The same of the run it is compared with. */
  then: Curve | null;
  /** The base whose threshold can be written. */
  writes: string | null;
  answers: boolean;
}

/** The slider over a curve; the figures are those of the JSON at that threshold. */
function Threshold({ curve, then, writes, answers }: ThresholdProps): JSX.Element {
  const w = words().bulk;
  const [at, set] = useState(() => Math.round((curve.configured ?? curve.best_f1).threshold * 100));
  const point = curve.points[at];
  if (!point) return <p class="muted">–</p>;
  return (
    <>
      <Chart curve={curve} then={then} at={at} choose={set} />
      <label class="field">
        {w.threshold}
        <input type="range" min={0} max={curve.points.length - 1} step={1} value={at} aria-valuetext={score(point.threshold)} onInput={(event) => set(event.currentTarget.valueAsNumber)} />
      </label>
      <dl class="facts">
        <div><dt>{w.threshold}</dt><dd data-figure="threshold">{point.threshold.toFixed(2)}</dd></div>
        <div><dt>{w.precision}</dt><dd data-figure="precision">{percent(point.precision)}{change(point.precision, then?.points[at]?.precision)}</dd></div>
        <div><dt>{w.recall}</dt><dd data-figure="recall">{percent(point.recall)}{change(point.recall, then?.points[at]?.recall)}</dd></div>
        <div><dt>{w.kept}</dt><dd data-figure="kept">{percent(point.kept)}{change(point.kept, then?.points[at]?.kept)}</dd></div>
        <div><dt>{w.answered}</dt><dd data-figure="answered">{w.of(point.answered, curve.questions)}</dd></div>
        <div><dt>{w.right}</dt><dd data-figure="right">{count(point.right)}</dd></div>
      </dl>
      <div class="buttons">
        {PRECISIONS.map((precision) => <Pick key={precision} curve={curve} precision={precision} pick={set} />)}
        <button type="button" onClick={() => set(Math.round(curve.best_f1.threshold * 100))}>{w.bestF1} → {score(curve.best_f1.threshold)}</button>
        {curve.configured && <button type="button" onClick={() => set(Math.round((curve.configured?.threshold ?? 0) * 100))}>{w.configured} → {score(curve.configured.threshold)}</button>}
      </div>
      {writes
        ? <Proposal label={w.writeFor(writes)} wishes={[{ path: `/v1/knowledge-bases/${segment(writes)}`, of: `knowledge.${writes}`, body: { [answers ? "answer_threshold" : "threshold"]: Number(point.threshold.toFixed(2)) } }]} />
        : <p class="muted small">{w.chooseBase}</p>}
    </>
  );
}

function Pick({ curve, precision, pick }: { curve: Curve; precision: number; pick: (at: number) => void }): JSX.Element {
  const met = curve.wanted.find((wanted) => wanted.precision === precision)?.met;
  // Up to the next step of the slider, so that the precision is still reached.
  return <button type="button" disabled={!met} onClick={() => met && pick(Math.min(100, Math.ceil(met.threshold * 100 - 1e-9)))}>{words().bulk.atLeast(precision)} → {met ? score(met.threshold) : "–"}</button>;
}

export function percent(share: number | null): string {
  return share === null ? "–" : `${(100 * share).toFixed(1)}%`;
}

/** By how much a figure has changed: of a share, in points. */
function change(now: number | null, then: number | null | undefined, said = (by: number) => (100 * by).toFixed(1)): ComponentChildren {
  if (now === null || then === null || then === undefined || Math.abs(now - then) < 0.0005) return null;
  return <span class={`small change ${now > then ? "up" : "down"}`}> {now > then ? "+" : "−"}{said(Math.abs(now - then))}</span>;
}

function Table({ report, before }: { report: Report; before: Report | null }): JSX.Element {
  const w = words().bulk;
  const rows: { name: string; ranking: Ranking; old: Ranking | null | undefined }[] = [];
  const old = (base: string | null) => (before ? [before.overall, ...before.parts].find((part) => part.base === base)?.ranking : null);
  if (report.overall.ranking) rows.push({ name: w.together, ranking: report.overall.ranking, old: old(null) });
  for (const { base, ranking, together } of report.parts) {
    // Of a base that nothing is asked of there are no figures.
    if (ranking?.questions === 0) continue;
    if (ranking) rows.push({ name: w.alone(base ?? ""), ranking, old: old(base) });
    if (together) rows.push({ name: w.inAll(base ?? ""), ranking: together, old: null });
  }
  if (rows.length === 0) return <p class="muted">–</p>;
  const ks = rows[0]?.ranking.recall.map(({ k }) => k) ?? [];
  return (
    <div class="table" tabIndex={0} role="region" aria-label={w.ranking}>
      <table class="figures cards">
        <thead><tr><th scope="col">{w.ranking}</th>{ks.map((k) => <th scope="col" key={k}>R@{k}</th>)}<th scope="col">MRR@10</th><th scope="col">nDCG@10</th><th scope="col">{w.count}</th></tr></thead>
        <tbody>
          {rows.map(({ name, ranking, old }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {ranking.recall.map(({ k, value }) => <td key={k} data-label={`R@${k}`}>{percent(value)}{change(value, old?.recall.find((other) => other.k === k)?.value)}</td>)}
              <td data-label="MRR@10">{ranking.mrr_at_10.toFixed(3)}{change(ranking.mrr_at_10, old?.mrr_at_10, score)}</td>
              <td data-label="nDCG@10">{ranking.ndcg_at_10.toFixed(3)}{change(ranking.ndcg_at_10, old?.ndcg_at_10, score)}</td>
              <td data-label={w.count}>{count(ranking.questions)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
