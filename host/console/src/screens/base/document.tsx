/** One document: its sections as they were cut, and the windows that are matched in each. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { get, path } from "../../api/call";
import type { Section, SectionPage } from "../../api/types";
import { address } from "../../frame/place";
import { clock, count, size } from "../../parts/format";
import { Failed, Shown, useLoad } from "../../parts/load";
import { words } from "../../words";

const PAGE = 100;

export function DocumentView({ base, id }: { base: string; id: string }): JSX.Element {
  const w = words().bases;
  const url = `/v1/knowledge-bases/${encodeURIComponent(base)}/sections`;
  const first = useLoad((signal) => get<SectionPage>(path(url, { document: id, limit: PAGE }), signal), [base, id]);
  return (
    <div class="screen base">
      <div class="head"><a class="back" href={address("bases", { base })}>← {base}</a></div>
      <Shown of={first} rows={10}>
        {(page) => (
          <>
            <h1>{page.document.title}</h1>
            <dl class="facts">
              <div><dt>{w.document}</dt><dd class="id">{id}</dd></div>
              <div><dt>{w.size}</dt><dd>{size(page.document.bytes)}</dd></div>
              <div><dt>{w.sections}</dt><dd>{count(page.total)}</dd></div>
              <div><dt>{w.windows}</dt><dd>{count(page.document.windows)}</dd></div>
              <div><dt>{w.imported}</dt><dd>{clock(page.document.imported_at)}</dd></div>
              {Object.entries(page.document.metadata).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{String(value)}</dd></div>)}
            </dl>
            {page.document.off && <p class="note warn">{w.off}</p>}
            <Sections key={id} page={page} url={url} id={id} />
          </>
        )}
      </Shown>
    </div>
  );
}

function Sections({ page, url, id }: { page: SectionPage; url: string; id: string }): JSX.Element {
  const w = words().bases;
  const [more, setMore] = useState<Section[]>([]);
  const [next, setNext] = useState(page.next);
  const [error, setError] = useState<Error | null>(null);
  const load = () => {
    setError(null);
    get<SectionPage>(path(url, { document: id, limit: PAGE, after: next })).then((page) => {
      setMore((more) => [...more, ...page.data]);
      setNext(page.next);
    }, setError);
  };
  const shown = page.data.length + more.length;
  return (
    <>
      <ol class="sections">{[...page.data, ...more].map((section) => <One key={section.id} section={section} />)}</ol>
      {error && <Failed error={error} />}
      {next !== undefined && <div class="buttons"><button type="button" onClick={load}>{w.moreSections(page.total - shown)}</button></div>}
    </>
  );
}

function One({ section }: { section: Section }): JSX.Element {
  const w = words().bases;
  return (
    <li class={`card${section.off ? " stale" : ""}`}>
      <p class="small muted">
        {section.id + 1}{section.section.length > 0 && ` · ${section.section.join(" › ")}`} · {w.windowCount(section.windows.length)}
        {section.off && <> <span class="mark warn">{w.switchedOff}</span></>}
      </p>
      {section.kind === "question" ? (
        <>
          <p><b>{words().hit.q} {section.question}</b></p>
          {section.variants && section.variants.length > 0 && <ul class="small">{section.variants.map((variant) => <li key={variant}>{variant}</li>)}</ul>}
          <p class="text">{words().hit.a} {section.answer}</p>
        </>
      ) : <p class="text">{windowed(section)}</p>}
    </li>
  );
}

/** The text with its windows underlined by turns; where two overlap, both lines are there. */
function windowed({ text, windows }: Section): ComponentChildren {
  const w = words().bases;
  // The host counts characters, not UTF-16 units.
  const characters = [...text];
  const ends = [...new Set([0, characters.length, ...windows.flat()])].filter((end) => end <= characters.length).sort((a, b) => a - b);
  return ends.slice(0, -1).map((from, index) => {
    const part = characters.slice(from, ends[index + 1]).join("");
    const inside = windows.flatMap(([start, end], n) => (start <= from && from < end ? [n] : []));
    if (inside.length === 0) return part;
    const kind = inside.length > 1 ? "both" : (inside[0] ?? 0) % 2 === 0 ? "even" : "odd";
    return <span key={from} class={`window ${kind}`} title={w.window(inside.map((n) => n + 1).join(", "))}>{part}</span>;
  });
}
