/** One document: its sections as they were cut, and the windows that are matched in each. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { get, patch, path, segment } from "../../api/call";
import type { SectionPage } from "../../api/types";
import { address } from "../../frame/place";
import { useAct } from "../../parts/act";
import { clock, count, size } from "../../parts/format";
import { Failed, Shown, useLoad } from "../../parts/load";
import { usePlaces } from "../../parts/places";
import { Rows } from "../../parts/rows";
import { ToldLines } from "../../parts/told";
import { words } from "../../words";
import { AskDocument } from "./ask";
import { One } from "./section";

const PAGE = 100;
/** How high a section is likely to be, in pixels. */
const SECTION = 150;

export function DocumentView({ base, id }: { base: string; id: string }): JSX.Element {
  const w = words().bases;
  const bases = `/v1/knowledge-bases/${segment(base)}`;
  const url = `${bases}/sections`;
  const first = useLoad((signal) => get<SectionPage>(path(url, { document: id, limit: PAGE }), signal), [base, id]);
  return (
    <div class="screen base">
      <div class="head"><a class="back" href={address("bases", { base })}>← {base}</a></div>
      <Shown of={first} rows={10}>
        {(page) => (
          <>
            <div class="head">
              <h1>{page.document.title}</h1>
              <a class="button" href={address("hit", { bases: base })}>{words().hit.title}</a>
              <Switch off={page.document.off} url={`${bases}/documents/${id.split("/").map(segment).join("/")}`} changed={first.reload} />
            </div>
            <dl class="facts">
              <div><dt>{w.document}</dt><dd class="id">{id}</dd></div>
              <div><dt>{w.size}</dt><dd>{size(page.document.bytes)}</dd></div>
              <div><dt>{w.sections}</dt><dd>{count(page.total)}</dd></div>
              <div><dt>{w.windows}</dt><dd>{count(page.document.windows)}</dd></div>
              <div><dt>{w.imported}</dt><dd>{clock(page.document.imported_at)}</dd></div>
              {Object.entries(page.document.metadata).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{String(value)}</dd></div>)}
            </dl>
            {page.document.note_lines && page.document.note_lines.length > 0 && <div class="note"><ToldLines lines={page.document.note_lines} /></div>}
            {page.document.off && <p class="note warn">{w.off}</p>}
            <AskDocument base={base} id={id} />
            <Sections key={`${id} ${page.document.off}`} page={page} url={url} id={id} />
          </>
        )}
      </Shown>
    </div>
  );
}

/** Switches the whole document off or on: what is off is not found, and is not lost. */
function Switch({ off, url, changed }: { off: boolean; url: string; changed: () => void }): JSX.Element {
  const w = words().bases;
  const { isBusy, error, act } = useAct();
  return (
    <>
      <button type="button" disabled={isBusy} onClick={() => act(() => patch(url, { off: !off }).then(changed))}>{off ? w.documentOn : w.documentOff}</button>
      {error && <Failed error={error} />}
    </>
  );
}

/** All of few sections, and of many those in sight. */
function Sections({ page, url, id }: { page: SectionPage; url: string; id: string }): JSX.Element {
  const w = words().bases;
  const { at, put, look, error, retry } = usePlaces(page.data, PAGE, async (from) => (await get<SectionPage>(path(url, { document: id, limit: PAGE, after: from > 0 ? from - 1 : undefined }))).data);
  const [edited, setEdited] = useState<number[]>([]);
  const one = (index: number) => {
    const section = at(index);
    if (!section) return <p class="muted">…</p>;
    const editing = (is: boolean) => setEdited((all) => (is ? [...all, index] : all.filter((other) => other !== index)));
    return <One section={section} url={path(url, { document: id, section: section.id })} changed={(section) => put(index, section)} editing={editing} />;
  };
  return (
    <>
      {error && <Failed error={error} retry={retry} />}
      {page.total <= PAGE
        ? <ol class="sections">{page.data.map((_, index) => <li key={index}>{one(index)}</li>)}</ol>
        : <Rows as="list" class="sections" label={w.sections} count={page.total} estimate={SECTION} kept={edited} keyOf={String} row={one} inSight={look} />}
    </>
  );
}
