/** What the documents are filtered by: text, origin, state, days, metadata. All of it is in the address. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { get, path, segment } from "../../api/call";
import { useNarrow } from "../../frame/narrow";
import { adjust, step } from "../../frame/place";
import { FilterRows, writeFilter } from "../../parts/filter-rows";
import { Select } from "../../parts/choose";
import { useLoad } from "../../parts/load";
import { words } from "../../words";
import { PARAMETERS, STATES, type Which } from "./which";

/** The host is asked when the typing has come to rest. */
const REST = 200;
/** What a choice says for documents without an origin; no origin is empty. */
const WITHOUT = "";

interface Origins {
  origins?: { origin: string | null; documents: number }[];
}

export function DocumentFilters({ base, which }: { base: string; which: Which }): JSX.Element {
  const w = words().documents;
  const origins = useLoad((signal) => get<Origins>(path(`/v1/knowledge-bases/${segment(base)}/documents`, { origins: "true", limit: 1 }), signal), [base]);
  const [typed, setTyped] = useState(which.q);
  const typing = useRef<ReturnType<typeof setTimeout>>(undefined);
  const written = useRef(which.q);
  // What the address says and was not typed here takes its place.
  useEffect(() => {
    if (which.q === written.current) return;
    clearTimeout(typing.current);
    setTyped((written.current = which.q));
  }, [which.q]);
  const type = (q: string) => {
    setTyped(q);
    clearTimeout(typing.current);
    typing.current = setTimeout(() => adjust({ q: (written.current = q.trim()) }), REST);
  };
  const isNarrow = useNarrow();
  const isFailed = which.state === "failed";
  const rest = [which.from, which.to, which.filter].filter(Boolean).length;
  const isFiltered = rest > 0 || which.q || which.state || which.origin !== undefined;
  const from = origins.data?.origins ?? [];
  return (
    <div class="filters" role="search" aria-label={w.filters}>
      <label class="search">
        <span class="hidden">{words().bases.find}</span>
        <input type="search" data-search value={typed} placeholder={isNarrow ? words().bases.find : words().bases.find + words().traces.notCtrlF} onInput={(event) => type(event.currentTarget.value)} />
      </label>
      <Select
        label={w.state} class={which.state ? "chosen" : ""} value={which.state} options={STATES.map((state) => [state, w.states[state] ?? state])}
        set={(state) => step({ state, ...(state === "failed" && { origin: undefined, without: undefined, f: undefined }) })}
      />
      {!isFailed && from.some(({ origin }) => origin !== null) && (
        <Select
          label={words().bases.origin} class={which.origin !== undefined ? "chosen" : ""} value={which.origin === undefined ? "*" : (which.origin ?? WITHOUT)}
          options={[["*", w.allOrigins], ...from.map(({ origin, documents }) => [origin ?? WITHOUT, `${origin ?? w.noOrigin} (${documents})`] as const)]}
          set={(value) => step(value === "*" ? { origin: undefined, without: undefined } : value === WITHOUT ? { origin: undefined, without: "1" } : { origin: value, without: undefined })}
        />
      )}
      <details class="more" open={rest > 0}>
        <summary class="button">{w.more}{rest > 0 && ` (${rest})`}</summary>
        <div class="more-filters">
          <label class="plain"><span class="muted">{w.from}</span><input type="date" value={which.from} max={which.to || undefined} onChange={(event) => adjust({ from: event.currentTarget.value })} /></label>
          <label class="plain"><span class="muted">{w.to}</span><input type="date" value={which.to} min={which.from || undefined} onChange={(event) => adjust({ to: event.currentTarget.value })} /></label>
          {!isFailed && <FilterRows filter={which.filter} set={(filter) => adjust({ f: writeFilter(filter) })} />}
        </div>
      </details>
      {isFiltered && <button type="button" class="quiet" onClick={() => step(Object.fromEntries(PARAMETERS.map((name) => [name, undefined])))}>{w.clear}</button>}
    </div>
  );
}
