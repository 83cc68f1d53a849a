/** 看看会怎么切: files as they would be cut. Nothing of them is stored. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Preview, Previews } from "../../api/types";
import { asError } from "../../parts/act";
import { count, size } from "../../parts/format";
import { Failed } from "../../parts/load";
import { Told } from "../../parts/told";
import { words } from "../../words";
import { One } from "./section";
import { type Named, upload } from "./upload";

/** Files that are looked at in one go. */
const FILES = 20;
/** Sections of a file that are shown at once. */
const SECTIONS = 30;

export function PreviewFiles({ base, files }: { base: string; files: Named[] }): JSX.Element {
  const w = words().bases;
  const [state, setState] = useState<"idle" | "asking" | Previews | Error>("idle");
  const asking = useRef<AbortController | null>(null);
  useEffect(() => () => asking.current?.abort(), []);
  const look = async () => {
    const mine = (asking.current = new AbortController());
    setState("asking");
    try {
      setState(await upload<Previews>(`/v1/knowledge-bases/${encodeURIComponent(base)}/preview`, files.slice(0, FILES), () => {}, mine.signal));
    } catch (error) {
      if (!mine.signal.aborted) setState(asError(error));
    }
  };
  if (typeof state === "string") {
    return <div class="buttons"><button type="button" disabled={state === "asking"} onClick={() => void look()}>{state === "asking" ? w.looking : files.length > FILES ? w.previewFirst(FILES) : w.preview}</button></div>;
  }
  if (state instanceof Error) return <Failed error={state} retry={() => void look()} />;
  return (
    <section class="previews" aria-label={w.preview}>
      <p role="status">{counts(state)}</p>
      {state.unreadable.length > 0 && (
        <ul class="reasons">{state.unreadable.map(({ document, reason, ...fact }) => <li key={document}><b class="id">{document}</b> <span class="mark bad">{w.unreadableOne}</span><br /><Told class="small" text={reason} fact={fact} /></li>)}</ul>
      )}
      {state.data.map((document) => <Cut key={document.id} document={document} open={state.data.length === 1} />)}
    </section>
  );
}

/** How many are new, replace something, are as they were, and cannot be read. */
function counts({ data, unreadable }: Previews): string {
  const w = words().bases;
  const states = Object.entries(w.previewStates).map(([state, said]) => [said, data.filter((document) => document.state === state).length] as const);
  return [...states, [w.unreadableOne, unreadable.length] as const].filter(([, n]) => n > 0).map(([said, n]) => `${said} ${count(n)}`).join(" · ");
}

function Cut({ document, open }: { document: Preview; open: boolean }): JSX.Element {
  const w = words().bases;
  const [all, setAll] = useState(false);
  const shown = all ? document.cut : document.cut.slice(0, SECTIONS);
  return (
    <details class="fold" open={open} data-preview={document.id}>
      <summary>
        <b class="id">{document.id}</b>
        {document.state && <span class={`mark ${document.state === "replaces" ? "warn" : "plain"}`}>{w.previewStates[document.state] ?? document.state}</span>}
        <span class="muted small">{size(document.bytes)} · {w.cutInto(count(document.sections), count(document.windows))}</span>
      </summary>
      {document.title !== document.id && <p>{document.title}</p>}
      <ol class="sections">{shown.map((section) => <li key={section.id}><One section={section} /></li>)}</ol>
      {shown.length < document.cut.length && <div class="buttons"><button type="button" onClick={() => setAll(true)}>{w.moreSections(document.cut.length - shown.length)}</button></div>}
      {shown.length === document.cut.length && document.cut.length < document.sections && <p class="muted small">{w.restNotShown(document.sections - document.cut.length)}</p>}
    </details>
  );
}
