/** The documents of a base: a list of any length, of which one can be deleted. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { answered, get, path } from "../../api/call";
import type { DocumentInfo, Page } from "../../api/types";
import { address } from "../../frame/place";
import { clock, count, iso, size } from "../../parts/format";
import { Empty, Failed, Shown, useLoad } from "../../parts/load";
import { Rows } from "../../parts/rows";
import { Told } from "../../parts/told";
import { words } from "../../words";

const PAGE = 200;

export function Documents({ base, changed }: { base: string; changed: () => void }): JSX.Element {
  const w = words().bases;
  const [typed, setTyped] = useState("");
  const [query, setQuery] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setQuery(typed.trim()), 200);
    return () => clearTimeout(timer);
  }, [typed]);
  const url = `/v1/knowledge-bases/${encodeURIComponent(base)}/documents`;
  const first = useLoad((signal) => get<Page<DocumentInfo>>(path(url, { limit: PAGE, q: query }), signal), [base, query]);
  return (
    <section class="card documents">
      <div class="head">
        <h2>{w.documents} {first.data?.total !== undefined && <span class="muted">{count(first.data.total)}</span>}</h2>
        <label class="search">
          <span class="hidden">{w.find}</span>
          <input type="search" data-search value={typed} placeholder={w.findHow} onInput={(event) => setTyped(event.currentTarget.value)} />
        </label>
      </div>
      <Shown of={first}>
        {(page) => <Table key={query} base={base} page={page} url={url} query={query} changed={changed} />}
      </Shown>
    </section>
  );
}

interface TableProps {
  base: string;
  page: Page<DocumentInfo>;
  url: string;
  query: string;
  changed: () => void;
}

function Table({ base, page, url, query, changed }: TableProps): JSX.Element {
  const w = words().bases;
  const [more, setMore] = useState<DocumentInfo[]>([]);
  const [next, setNext] = useState(page.next ?? null);
  const [error, setError] = useState<Error | null>(null);
  const isLoading = useRef(false);
  // An older host knows neither pages nor a filter.
  const isWhole = page.total === undefined;
  const lower = query.toLowerCase();
  const all = [...page.data, ...more];
  const documents = isWhole && lower ? all.filter(({ id, title }) => id.toLowerCase().includes(lower) || title.toLowerCase().includes(lower)) : all;
  const atEnd = () => {
    if (!next || isLoading.current) return;
    isLoading.current = true;
    get<Page<DocumentInfo>>(path(url, { limit: PAGE, q: query, after: next }))
      .then((page) => {
        setMore((more) => [...more, ...page.data]);
        setNext(page.next ?? null);
      }, setError)
      .finally(() => (isLoading.current = false));
  };
  if (documents.length === 0) return query ? <Empty title={w.noMatch} /> : <Empty title={w.empty}><p>{w.emptyHow}</p></Empty>;
  const head = (
    <div class="row columns" role="row" aria-rowindex={1}>
      {[w.document, w.origin, w.size, w.sections, w.windows, w.imported, w.action].map((name, column) => (
        <span key={name} role="columnheader" class={column >= 2 && column <= 4 ? "number" : ""}>{column === 6 ? <span class="hidden">{name}</span> : name}</span>
      ))}
    </div>
  );
  return (
    <>
      {error && <Failed error={error} retry={() => { setError(null); atEnd(); }} />}
      <Rows
        label={w.documents} count={documents.length} estimate={41} head={head} atEnd={atEnd}
        keyOf={(index) => documents[index]?.id ?? ""}
        row={(index) => {
          const document = documents[index];
          return document && <Row document={document} base={base} url={url} changed={changed} />;
        }}
      />
    </>
  );
}

function Row({ document, base, url, changed }: { document: DocumentInfo; base: string; url: string; changed: () => void }): JSX.Element {
  const w = words().bases;
  const [error, setError] = useState<Error | null>(null);
  const [isSure, setSure] = useState(false);
  const remove = () => {
    if (!isSure) return setSure(true);
    answered(`${url}/${document.id.split("/").map(encodeURIComponent).join("/")}`, { method: "DELETE" }).then(changed, setError);
  };
  return (
    <>
      <span role="cell" class="main" title={`${document.title}\n${document.id}`}>
        <a href={address("bases", { base, document: document.id })}>{document.title}</a>{document.title !== document.id && <span class="muted small"> {document.id}</span>}
        {error && <Told class="mark bad" text={error.message} />}
      </span>
      <span role="cell" class="muted origin" title={document.origin ?? undefined}><bdi>{document.origin ?? "–"}</bdi></span>
      <span role="cell" class="number">{size(document.bytes)}</span>
      <span role="cell" class="number" data-label={w.sections}>{count(document.sections)}</span>
      <span role="cell" class="number" data-label={w.windows}>{count(document.windows)}</span>
      <span role="cell"><time dateTime={iso(document.imported_at)} title={iso(document.imported_at)}>{clock(document.imported_at)}</time></span>
      <span role="cell"><button type="button" class={isSure ? "danger" : "quiet"} data-entry aria-label={isSure ? w.deleteSurely(document.id) : w.deleteIt(document.id)} onClick={remove} onBlur={() => setSure(false)}>{isSure ? w.surely : w.delete}</button></span>
    </>
  );
}
