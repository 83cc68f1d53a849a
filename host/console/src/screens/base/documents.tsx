/** The documents of a base: a list of any length, filtered by the host, of which one or all that match can be deleted. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type ApiError, answered, get, path } from "../../api/call";
import type { DocumentInfo, Page } from "../../api/types";
import { useNarrow } from "../../frame/narrow";
import { address, place, step } from "../../frame/place";
import { useAct } from "../../parts/act";
import { count, size } from "../../parts/format";
import { Empty, Failed, Shown, useLoad } from "../../parts/load";
import { usePlaces } from "../../parts/places";
import { Rows } from "../../parts/rows";
import { Told } from "../../parts/told";
import { When } from "../../parts/when";
import { words } from "../../words";
import { DeleteMatching } from "./delete-matching";
import { DocumentFilters } from "./document-filters";
import { FailedDocuments } from "./failed-documents";
import { PARAMETERS, isAll, queryOf, whichOf } from "./which";

const PAGE = 200;
/** How high a row is, in pixels: in a narrow page it is a card of two lines. */
const ROW = 41;
const CARD = 73;

export interface DocumentsProps {
  base: string;
  /** Another one where something was stored or deleted: the list is asked for anew. */
  version: number;
  changed: () => void;
}

export function Documents({ base, version, changed }: DocumentsProps): JSX.Element {
  const w = words().bases;
  const which = whichOf(place.value.parameters);
  const query = queryOf(which).toString();
  const url = `/v1/knowledge-bases/${encodeURIComponent(base)}/documents`;
  return (
    <section class="card documents">
      <div class="head"><h2>{w.documents}</h2></div>
      <DocumentFilters base={base} which={which} />
      {which.state === "failed"
        ? <FailedDocuments key={`${query} ${version}`} base={base} url={url} query={query} changed={changed} />
        : <Found version={version} url={url} query={query} base={base} isAll={isAll(which)} changed={changed} />}
    </section>
  );
}

interface FoundProps {
  version: number;
  base: string;
  url: string;
  query: string;
  isAll: boolean;
  changed: () => void;
}

function Found({ version, base, url, query, isAll, changed }: FoundProps): JSX.Element {
  const w = words().bases;
  const first = useLoad((signal) => get<Page<DocumentInfo>>(`${url}?limit=${PAGE}&${query}`, signal), [url, query]);
  // What is shown stays until the new list is there: a job that ends takes no question away that is being asked.
  const seen = useRef(version);
  useEffect(() => {
    if (seen.current === version) return;
    seen.current = version;
    first.reload();
  }, [version]);
  return (
    <Shown of={first}>
      {(page) => (
        <>
          <div class="head found">
            <span class="muted" role="status">{w.documentCount(count(page.total ?? page.data.length))}</span>
            {!isAll && (page.total ?? 0) > 0 && <DeleteMatching key={query} url={url} query={query} total={page.total ?? 0} started={changed} />}
          </div>
          {page.data.length > 0 ? <Table key={query} base={base} page={page} url={url} query={query} changed={changed} />
            : isAll ? <Empty title={w.empty}><p>{w.emptyHow}</p></Empty>
              : <Empty title={words().documents.noMatch}><button type="button" onClick={clearFilters}>{words().documents.clear}</button></Empty>}
        </>
      )}
    </Shown>
  );
}

function clearFilters(): void {
  step(Object.fromEntries(PARAMETERS.map((name) => [name, undefined])));
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
  const { at, look, error, retry } = usePlaces(page.data, PAGE, async (offset) => (await get<Page<DocumentInfo>>(`${path(url, { limit: PAGE, offset })}&${query}`)).data);
  const isNarrow = useNarrow();
  const head = (
    <div class="row columns" role="row" aria-rowindex={1}>
      {[w.document, w.origin, w.size, w.sections, w.windows, w.imported, w.action].map((name, column) => (
        <span key={name} role="columnheader" class={column >= 2 && column <= 4 ? "number" : ""}>{column === 6 ? <span class="hidden">{name}</span> : name}</span>
      ))}
    </div>
  );
  return (
    <>
      {error && <Failed error={error} retry={retry} />}
      <Rows
        label={w.documents} count={page.total ?? page.data.length} estimate={isNarrow ? CARD : ROW} head={head} inSight={look}
        keyOf={(index) => `${index} ${at(index)?.id}`}
        row={(index) => {
          const document = at(index);
          return document ? <Row document={document} base={base} url={url} changed={changed} /> : <span role="cell" class="main muted">…</span>;
        }}
      />
    </>
  );
}

function Row({ document, base, url, changed }: { document: DocumentInfo; base: string; url: string; changed: () => void }): JSX.Element {
  const w = words().bases;
  const { error, act } = useAct();
  const [isSure, setSure] = useState(false);
  const remove = () => {
    if (!isSure) return setSure(true);
    act(() => answered(`${url}/${document.id.split("/").map(encodeURIComponent).join("/")}`, { method: "DELETE" }).then(changed));
  };
  return (
    <>
      <span role="cell" class="main" title={`${document.title}\n${document.id}`}>
        <a href={address("bases", { base, document: document.id })}>{document.title}</a>{document.title !== document.id && <span class="muted small"> {document.id}</span>}
        {document.off && <> <span class="mark warn">{w.switchedOff}</span></>}
        {error && <span role="alert"><Told class="mark bad" text={error.message} fact={(error as ApiError).fact} /></span>}
      </span>
      <span role="cell" class="muted origin" title={document.origin ?? undefined}><bdi>{document.origin ?? "–"}</bdi></span>
      <span role="cell" class="number">{size(document.bytes)}</span>
      <span role="cell" class="number" data-label={w.sections}>{count(document.sections)}</span>
      <span role="cell" class="number" data-label={w.windows}>{count(document.windows)}</span>
      <span role="cell"><When at={document.imported_at} /></span>
      <span role="cell"><button type="button" class={isSure ? "danger" : "quiet"} data-entry aria-label={isSure ? w.deleteSurely(document.id) : w.deleteIt(document.id)} onClick={remove} onBlur={() => setSure(false)}>{isSure ? w.surely : w.delete}</button></span>
    </>
  );
}
