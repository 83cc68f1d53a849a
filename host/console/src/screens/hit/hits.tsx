/** The hits, divided by the thresholds into what is in and what nearly is. */

import type { ComponentChildren, JSX } from "preact";
import { Component } from "preact";
import { useState } from "preact/hooks";
import type { BaseReport, Hit } from "../../api/types";
import { address } from "../../frame/place";
import { lack, score } from "../../parts/format";
import { head } from "../../parts/long";
import { words } from "../../words";
import { type Thresholds, isIn, scaleOf } from "./thresholds";

/** Hits below the thresholds that are shown at once. */
const NEARLY = 20;
const FOLDED = 260;

export interface HitsProps {
  hits: Hit[];
  reports: BaseReport[];
  thresholds: Thresholds;
  /** All are in: the host has cut them. */
  all?: boolean;
  /** Only some documents are asked. */
  isFiltered?: boolean;
}

export function Hits({ hits, reports, thresholds, all = false, isFiltered = false }: HitsProps): JSX.Element {
  const w = words().hit;
  const [unfolded, unfold] = useState(false);
  const inside = all ? hits : hits.filter((hit) => isIn(hit, thresholds));
  const outside = all ? [] : hits.filter((hit) => !isIn(hit, thresholds));
  const shown = unfolded ? outside : outside.slice(0, NEARLY);
  const row = (hit: Hit, rank: number | null) => <Row key={`${hit.knowledge_base} ${hit.id}`} hit={hit} rank={rank} />;
  return (
    <div class="hits">
      <h2>{w.entered(inside.length)}</h2>
      {inside.length === 0 && <p class="note warn">{nearest(reports, hits, thresholds) ?? (isFiltered ? w.nothingFiltered : w.nothingAtAll)}</p>}
      {/* One list, so that a hit that crosses the threshold is moved and not drawn anew. */}
      <ol>
        {[
          ...inside.map((hit, index) => row(hit, index + 1)),
          outside.length > 0 && <li key="divider"><h2 class="divider">{w.nearly(outside.length)}</h2></li>,
          ...shown.map((hit) => row(hit, null)),
        ]}
      </ol>
      {outside.length > shown.length && <button type="button" onClick={() => unfold(true)}>{w.rest(outside.length - shown.length)}</button>}
    </div>
  );
}

/** The base that was closest to having something; nothing where none has anything. */
function nearest(reports: BaseReport[], hits: Hit[], thresholds: Thresholds): string | null {
  const w = words().hit;
  const best = reports
    .flatMap(({ knowledge_base, best_score }) => (best_score === null ? [] : [{ knowledge_base, best_score, lack: lackOf(knowledge_base, best_score) }]))
    .sort((a, b) => a.lack - b.lack)[0];
  return best ? w.nearest(best.knowledge_base, score(best.best_score), lack(best.lack)) : null;

  /** Of the nearest of its kinds, where the hits are here; as in chat there are none below. */
  function lackOf(base: string, best: number): number {
    const lacks = hits.filter(({ knowledge_base }) => knowledge_base === base).map((hit) => (thresholds[scaleOf(hit)] ?? 0) - hit.score);
    return lacks.length > 0 ? Math.min(...lacks) : (thresholds[base] ?? 0) - best;
  }
}

interface RowProps {
  hit: Hit;
  rank: number | null;
}

/** Drawn anew only where its rank has changed or it has crossed the threshold, and then no more of it than that: a slider moves
 * hundreds of them. */
class Row extends Component<RowProps> {
  override shouldComponentUpdate({ hit, rank }: RowProps): boolean {
    return hit !== this.props.hit || rank !== this.props.rank;
  }

  override render({ hit, rank }: RowProps): JSX.Element {
    return <Whole hit={hit} rank={rank} />;
  }
}

function Whole({ hit, rank }: RowProps): JSX.Element {
  return (
    <li class={rank === null ? "outside" : "inside"}>
      <div class="hit-row" data-id={`${hit.knowledge_base} ${hit.id}`} data-entry tabIndex={0}>
        <div class="head">
          {rank !== null && <span class="muted">{rank}</span>}
          <Head hit={hit} />
        </div>
        <Body hit={hit} />
      </div>
    </li>
  );
}

/** A part of a row that stays as it is while its hit does. */
abstract class Still extends Component<{ hit: Hit }> {
  override shouldComponentUpdate({ hit }: { hit: Hit }): boolean {
    return hit !== this.props.hit;
  }
}

class Head extends Still {
  override render({ hit }: { hit: Hit }): JSX.Element {
    const w = words().hit;
    return (
      <>
        <b class="score" title={String(hit.score)}>{score(hit.score)}</b>
        <ScoreBar hit={hit} />
        {hit.exact && <span class="mark good">{w.exact}</span>}
        {hit.same !== null && <span class={`mark ${hit.standard_answer ? "good" : hit.offered_answer ? "warn" : "plain"}`}>{w.same(score(hit.same))}</span>}
        {hit.standard_answer !== null && <span class="mark good">{w.standard}</span>}
        {hit.offered_answer !== null && <span class="mark warn">{w.offered}</span>}
        {hit.rerank_score !== null && <span class="mark accent">{w.rerank(score(hit.rerank_score))}</span>}
      </>
    );
  }
}

class Body extends Still {
  override render({ hit }: { hit: Hit }): JSX.Element {
    const w = words().hit;
    const path = [hit.knowledge_base, hit.title, ...hit.section.filter((heading) => heading !== hit.title)];
    return (
      <>
        <p class="small muted path">{path.join(" › ")} <a href={address("bases", { base: hit.knowledge_base, document: hit.document })}>{hit.id}</a></p>
        {hit.question && <p><b>{w.q} {marked(hit.question, hit.terms)}</b></p>}
        <Text text={hit.text} terms={hit.terms} />
        {(hit.standard_answer ?? hit.offered_answer) && <p class="text answer">{w.a} {hit.standard_answer ?? hit.offered_answer}</p>}
        {hit.joined.length > 0 && <p class="small muted">{w.joined} {hit.joined.join(", ")}</p>}
      </>
    );
  }
}

/** The two parts of the score; they add up to it. */
function ScoreBar({ hit }: { hit: Hit }): JSX.Element {
  const w = words().hit;
  const dense = Math.min(hit.score, hit.dense_share * hit.dense);
  const title = w.parts(score(hit.dense), score(hit.lexical), hit.dense_share);
  return (
    <span class="score-bar" role="img" aria-label={title} title={title}>
      <i class="dense" style={{ width: `${100 * dense}%` }} />
      <i class="lexical" style={{ width: `${100 * (hit.score - dense)}%` }} />
    </span>
  );
}

function Text({ text, terms }: { text: string; terms: string[] | undefined }): JSX.Element {
  const w = words();
  const [whole, setWhole] = useState(false);
  const isLong = text.length > FOLDED;
  return (
    <>
      <p class="text">{marked(isLong && !whole ? `${head(text, FOLDED)}…` : text, terms)}</p>
      {isLong && <button type="button" class="quiet" aria-expanded={whole} onClick={() => setWhole(!whole)}>{whole ? w.states.fold : w.hit.section}</button>}
    </>
  );
}

/** The words that question and text have in common, marked. */
function marked(text: string, terms: string[] | undefined): ComponentChildren {
  if (!terms || terms.length === 0) return text;
  const escaped = [...terms].sort((a, b) => b.length - a.length).map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return text.split(new RegExp(`(${escaped.join("|")})`, "gi")).map((part, index) => (index % 2 === 1 ? <mark key={index}>{part}</mark> : part));
}
