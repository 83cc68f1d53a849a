/** The list of turns, newest first, with its filters in the address. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { get, path } from "../../api/call";
import type { List, Summary } from "../../api/types";
import { address, adjust, place } from "../../frame/place";
import { clock, count, duration, iso, money } from "../../parts/format";
import { Empty, Shown, useLoad } from "../../parts/load";
import { Rows } from "../../parts/rows";
import { words } from "../../words";
import { marks, source } from "./said";

const PAGE = 200;

/** The turn that was open last: it has the focus when the list comes back. */
let opened: string | null = null;

export function TraceList(): JSX.Element {
  const w = words().traces;
  const { q = "" } = place.value.parameters;
  const traces = useLoad((signal) => get<List<Summary>>(path("/v1/traces", { limit: PAGE }), signal), []);
  const turns = (traces.data?.data ?? []).filter(({ question }) => question.toLowerCase().includes(q.toLowerCase()));
  return (
    <div class="screen tall">
      <div class="head">
        <h1>{w.title}</h1>
        <label class="search">
          <span class="hidden">{w.searchLabel}</span>
          <input type="search" data-search value={q} placeholder={w.search} onInput={(event) => adjust({ q: event.currentTarget.value })} />
        </label>
        <span class="muted" role="status">{traces.data && w.count(turns.length, false)}</span>
        <button type="button" onClick={traces.reload}>{w.refresh}</button>
      </div>
      <Shown of={traces} rows={12}>
        {({ data }) => data.length === 0 ? <NoTraces /> : turns.length === 0 ? (
          <Empty title={w.noMatch}><p>{w.noMatchHow}</p><button type="button" onClick={() => adjust({ q: "" })}>{w.clear}</button></Empty>
        ) : <TurnTable turns={turns} />}
      </Shown>
    </div>
  );
}

function NoTraces(): JSX.Element {
  const w = words().traces;
  const ask = `curl ${location.origin}/v1/chat/completions -H 'content-type: application/json' -d '{"model": "APP", "messages": [{"role": "user", "content": "你好"}]}'`;
  return <Empty title={w.none}><p>{w.noneHow}</p><pre><code>{ask}</code></pre></Empty>;
}

function TurnTable({ turns, atEnd }: { turns: Summary[]; atEnd?: () => void }): JSX.Element {
  const w = words().traces;
  const first = useRef(turns.findIndex(({ id }) => id === opened));
  const head = (
    <div class="row columns" role="row" aria-rowindex={1}>
      {[w.time, w.question, w.app, w.by, w.first, w.total, w.tokens, w.cost, w.flags].map((name, column) => (
        <span key={name} role="columnheader" class={column >= 4 && column <= 7 ? "number" : ""}>{name}</span>
      ))}
    </div>
  );
  return (
    <div class="turns">
      <Rows
        label={w.title} count={turns.length} estimate={41} head={head} first={first.current} atEnd={atEnd}
        keyOf={(index) => turns[index]?.id ?? ""}
        row={(index) => {
          const turn = turns[index];
          return turn && <Turn turn={turn} />;
        }}
      />
    </div>
  );
}

function Turn({ turn }: { turn: Summary }): JSX.Element {
  const w = words().traces;
  const link = useRef<HTMLAnchorElement>(null);
  const [isFirst] = useState(turn.id === opened);
  useEffect(() => {
    if (isFirst) link.current?.focus({ preventScroll: true });
  }, []);
  const tokens = turn.usage && turn.usage.prompt_tokens + turn.usage.completion_tokens;
  return (
    <>
      <span role="cell"><time dateTime={iso(turn.created)} title={iso(turn.created)}>{clock(turn.created)}</time></span>
      <span role="cell" class="main">
        <a ref={link} data-entry href={address("traces", { id: turn.id })} onClick={() => (opened = turn.id)} title={turn.question}>
          {turn.question || w.noQuestion}
        </a>
      </span>
      <span role="cell" class="id" title={turn.app}>{turn.app}</span>
      <span role="cell">{source(turn.answered_by)}</span>
      <span role="cell" class="number" data-label={w.first}>{duration(turn.first_text_ms)}</span>
      <span role="cell" class="number" data-label={w.total}>{duration(turn.total_ms)}</span>
      <span role="cell" class="number" data-label={w.tokens}>{tokens ? count(tokens) : "–"}</span>
      <span role="cell" class="number" data-label={w.cost}>{money(turn.cost)}</span>
      <span role="cell" class="marks">
        {marks(turn).map(({ name, tone }) => <span key={name} class={`mark ${tone}`} title={turn.error ?? undefined}>{w.marks[name] ?? name}</span>)}
      </span>
    </>
  );
}
