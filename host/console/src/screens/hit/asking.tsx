/** What is asked: the question, the bases, how many, from which score on, of which documents, and whether as in chat. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { BaseSummary } from "../../api/types";
import { Chips, Switch } from "../../parts/choose";
import { FilterRows, readFilter, writeFilter } from "../../parts/filter-rows";
import { words } from "../../words";
import { tried } from "./history";

/** Most hits that the host gives of each base. */
const MOST = 200;

export interface Asked {
  q: string;
  bases: string | undefined;
  mode: string | undefined;
  k: string | undefined;
  /** The filter as an address holds it. */
  f: string | undefined;
  /** The threshold of a search as in chat; among all candidates it is the sliders'. */
  min: string | undefined;
  /** Thresholds that were tried for another question stay. */
  [name: string]: string | undefined;
}

export interface AskingProps {
  bases: BaseSummary[];
  chosen: string[];
  asked: Asked;
  ask: (asked: Asked) => void;
}

export function Asking({ bases, chosen, asked, ask }: AskingProps): JSX.Element {
  const w = words().hit;
  const [text, setText] = useState(asked.q);
  // Another question in the address, as after Back or by a link.
  useEffect(() => setText(asked.q), [asked.q]);
  const isChat = asked.mode === "chat";
  const send = (change: Partial<Asked> = {}) => ask({
    ...asked, q: text.trim(), bases: chosen.length === bases.length ? undefined : chosen.join(","), mode: isChat ? "chat" : undefined, ...change,
  });
  const filter = readFilter(asked.f);
  return (
    <form class="card asking" onSubmit={(event) => { event.preventDefault(); send(); }}>
      <div class="line">
        <label class="hidden" for="hit-question">{w.question}</label>
        <input
          id="hit-question" data-search type="search" value={text} placeholder={w.placeholder} maxLength={1000}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit" class="primary" disabled={!text.trim()}>{w.run}</button>
      </div>
      <div class="line options">
        <Chips bases={bases} chosen={chosen} set={(next) => send({ bases: next.length === bases.length ? undefined : next.join(",") })} />
        <label class="plain">
          <span class="muted">{w.topK}</span>
          <input class="short" type="number" min={1} max={MOST} value={asked.k ?? ""} placeholder={isChat ? w.own : "100"} onChange={(event) => send({ k: event.currentTarget.value && String(Math.min(MOST, Number(event.currentTarget.value))) })} />
        </label>
        {isChat && (
          <label class="plain">
            <span class="muted">{w.threshold}</span>
            <input class="short" type="number" min={0} max={1} step={0.01} value={asked.min ?? ""} placeholder={w.own} onChange={(event) => send({ min: event.currentTarget.value || undefined })} />
          </label>
        )}
        <Switch label={w.mode} value={isChat ? "chat" : "all"} options={(["all", "chat"] as const).map((name) => [name, w.modes[name]])} set={(name) => send({ mode: name === "chat" ? name : undefined })} />
      </div>
      <details class="tried" open={filter !== null}>
        <summary>{w.filter}{filter && ` (${filter.filters.length})`}</summary>
        <FilterRows filter={filter} set={(filter) => send({ f: writeFilter(filter) })} />
      </details>
      {tried.value.length > 0 && (
        <details class="tried">
          <summary>{w.tried}</summary>
          <ul>{tried.value.map((old) => <li key={old}><button type="button" onClick={() => { setText(old); send({ q: old }); }}>{old}</button></li>)}</ul>
        </details>
      )}
    </form>
  );
}
