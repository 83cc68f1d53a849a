/** The list of turns, newest first, with its filters in the address. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { answered, get, path } from "../../api/call";
import { away } from "../../api/link";
import type { Page, Summary } from "../../api/types";
import { address, place } from "../../frame/place";
import { count, duration, money } from "../../parts/format";
import { Empty, Failed, Shown, useLoad } from "../../parts/load";
import { download } from "../../parts/long";
import { Rows } from "../../parts/rows";
import { Way } from "../../parts/way";
import { When } from "../../parts/when";
import { useMore } from "../../parts/more";
import { words } from "../../words";
import { reasoned } from "../../words/facts";
import { FilterBar, type Filters, clearFilters, filtersOf } from "./filters";
import { listedSource, marks, source } from "./said";
import { tuningLines } from "./tuning";

const PAGE = 100;
/** How often it is looked whether there are new ones, while somebody sees the page. */
const LOOK_EVERY = 5_000;

/** The turn that was open last: it has the focus when the list comes back. */
let opened: string | null = null;

export function TraceList(): JSX.Element {
  const w = words().traces;
  const filters = filtersOf(place.value.parameters);
  const key = JSON.stringify(filters);
  const first = useLoad((signal) => get<Page<Summary>>(path("/v1/traces", { limit: PAGE, ...filters }), signal), [key]);
  const isFiltered = key !== "{}";
  return (
    <div class="screen tall">
      <div class="head">
        <h1>{w.title}</h1>
        <Fresh newest={first.data?.data[0]?.id} filters={filters} show={first.reload} />
        <a class="button" href={path("/v1/traces/export", filters)} onClick={(event) => { event.preventDefault(); void save(filters); }}>{w.export}</a>
        <button type="button" title={w.tuningHow} onClick={() => void saveTuning(filters)}>{w.tuning}</button>
        <button type="button" onClick={first.reload}>{w.refresh}</button>
      </div>
      <FilterBar filters={filters} />
      <Shown of={first} rows={12}>
        {(page) => page.data.length > 0 ? <Turns key={`${key} ${page.data[0]?.id}`} page={page} filters={filters} />
          : !isFiltered ? <NoTraces />
            : <Empty title={w.noMatch}><p>{w.noMatchHow}</p><button type="button" onClick={clearFilters}>{w.clear}</button></Empty>}
      </Shown>
    </div>
  );
}

/** Fetched with the key, which a link could not carry. */
async function save(filters: Filters): Promise<void> {
  const response = await answered(path("/v1/traces/export", filters));
  download(await response.blob(), "traces.jsonl");
}

async function saveTuning(filters: Filters): Promise<void> {
  download(await tuningLines(await answered(path("/v1/traces/export", filters))), "tuning.jsonl");
}

/** Says that there are new ones, instead of moving what is being read. */
function Fresh({ newest, filters, show }: { newest: string | undefined; filters: Filters; show: () => void }): JSX.Element | null {
  const [count, setCount] = useState(0);
  useEffect(() => {
    setCount(0);
    if (newest === undefined) return;
    const leaving = new AbortController();
    const look = async () => {
      if (document.visibilityState !== "visible" || away.value !== null) return;
      try {
        const { data } = await get<Page<Summary>>(path("/v1/traces", { limit: 50, ...filters }), leaving.signal);
        const at = data.findIndex(({ id }) => id === newest);
        setCount(at < 0 ? data.length : at);
      } catch {
        // Whoever looks next is told.
      }
    };
    const timer = setInterval(() => void look(), LOOK_EVERY);
    return () => {
      clearInterval(timer);
      leaving.abort();
    };
  }, [newest, JSON.stringify(filters)]);
  return <span role="status">{count > 0 && <button type="button" class="fresh" onClick={show}>{words().traces.fresh(count)}</button>}</span>;
}

/** The first page, and those that were scrolled to. */
function Turns({ page, filters }: { page: Page<Summary>; filters: Filters }): JSX.Element {
  const { all, error, more } = useMore(page, (next) => get<Page<Summary>>(path("/v1/traces", { limit: 200, before: next, ...filters })));
  return (
    <>
      {error && <Failed error={error} retry={more} />}
      <TurnTable turns={all} atEnd={() => error || more()} />
    </>
  );
}

function NoTraces(): JSX.Element {
  const w = words().traces;
  const ask = `curl ${location.origin}/v1/chat/completions -H 'content-type: application/json' -d '{"model": "APP", "messages": [{"role": "user", "content": "你好"}]}'`;
  return <Empty title={w.none}><p>{w.noneHow} <Way to="chat" /></p><pre><code>{ask}</code></pre></Empty>;
}

function TurnTable({ turns, atEnd }: { turns: Summary[]; atEnd: () => void }): JSX.Element {
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
      <span role="cell"><When at={turn.created} /></span>
      <span role="cell" class="main">
        <a ref={link} data-entry href={address("traces", { id: turn.id })} onClick={() => (opened = turn.id)} title={turn.question}>
          {turn.question || w.noQuestion}
        </a>
      </span>
      <span role="cell" class="id" title={turn.app}>{turn.app}</span>
      <span role="cell" title={source(turn.answered_by)}>{listedSource(turn)}</span>
      <span role="cell" class="number" data-label={w.first}>{duration(turn.first_text_ms)}</span>
      <span role="cell" class="number" data-label={w.total}>{duration(turn.total_ms)}</span>
      <span role="cell" class="number" data-label={w.tokens}>{tokens ? count(tokens) : "–"}</span>
      <span role="cell" class="number" data-label={w.cost}>{money(turn.cost)}</span>
      <span role="cell" class="marks">
        {marks(turn).map(({ name, tone }) => <span key={name} class={`mark ${tone}`} title={turn.error ? reasoned(turn.error) : (turn.feedback?.comment ?? undefined)}>{w.marks[name] ?? name}</span>)}
      </span>
    </>
  );
}
