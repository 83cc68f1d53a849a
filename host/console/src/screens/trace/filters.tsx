/** What the list of turns is filtered by. All of it is in the address, and the host does it. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { get } from "../../api/call";
import type { List, Model } from "../../api/types";
import type { PluginInfo } from "../../api/upkeep";
import { useNarrow } from "../../frame/narrow";
import { adjust, step } from "../../frame/place";
import { Select } from "../../parts/choose";
import { useLoad } from "../../parts/load";
import { words } from "../../words";

export const FILTERS = ["q", "app", "kind", "result", "rating", "has", "plugin", "conversation", "min_ms", "from"] as const;

export type Filters = Partial<Record<(typeof FILTERS)[number], string>>;

const KINDS = ["model", "standard", "direct", "plugin", "ask", "nothing_found", "unavailable", "none"] as const;
const RESULTS = ["ok", "error", "cancelled", "length"] as const;
const RATINGS = ["up", "down", "any", "none"] as const;
const HAS = ["error", "denial", "cut", "nothing", "degraded"] as const;
/** What is typed; the host is asked when the typing has come to rest. */
const TYPED = ["q", "conversation", "min_ms"] as const;
const REST = 250;

type Typed = Record<(typeof TYPED)[number], string>;

/** The filters that an address names. */
export function filtersOf(parameters: Record<string, string>): Filters {
  // `feedback` is what older links call the rating.
  const given: Record<string, string | undefined> = { ...parameters, rating: parameters["rating"] ?? parameters["feedback"] };
  return Object.fromEntries(FILTERS.flatMap((name) => (given[name] ? [[name, given[name]]] : [])));
}

export function clearFilters(): void {
  step({ ...Object.fromEntries(FILTERS.map((name) => [name, undefined])), feedback: undefined });
}

const typedOf = (filters: Filters): Typed => ({ q: filters.q ?? "", conversation: filters.conversation ?? "", min_ms: filters.min_ms ?? "" });

export function FilterBar({ filters }: { filters: Filters }): JSX.Element {
  const w = words().traces;
  const apps = useLoad((signal) => get<List<Model>>("/v1/models", signal), []);
  const plugins = useLoad((signal) => get<PluginInfo[] | List<PluginInfo>>("/v1/plugins", signal), []);
  const isNarrow = useNarrow();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState(() => typedOf(filters));
  const written = useRef(typed);
  const typing = useRef<ReturnType<typeof setTimeout>>(undefined);
  const type = (change: Partial<Typed>) => {
    const next = { ...typed, ...change };
    setTyped(next);
    clearTimeout(typing.current);
    typing.current = setTimeout(() => adjust((written.current = next)), REST);
  };
  // What the address says and was not typed here, as after a link or a clearing, takes its place.
  useEffect(() => {
    const now = typedOf(filters);
    if (TYPED.every((name) => now[name] === written.current[name])) return;
    clearTimeout(typing.current);
    setTyped((written.current = now));
  }, [...TYPED.map((name) => filters[name])]);
  const chosen = FILTERS.filter((name) => name !== "q" && filters[name]).length;
  const called = plugins.data === null ? [] : Array.isArray(plugins.data) ? plugins.data : plugins.data.data;
  return (
    <div class="filters" role="search" aria-label={w.filters}>
      <label class="search">
        <span class="hidden">{w.searchLabel}</span>
        <input type="search" data-search value={typed.q} placeholder={isNarrow ? w.search : w.search + w.notCtrlF} onInput={(event) => type({ q: event.currentTarget.value })} />
      </label>
      {isNarrow && <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>{w.filters}{chosen > 0 && ` (${chosen})`}</button>}
      {(!isNarrow || open) && (
        <>
          <Choice name="app" label={w.app} all={w.allApps} filters={filters} options={(apps.data?.data ?? []).map(({ id }) => [id, id])} />
          <Choice name="kind" label={w.by} all={w.anySource} filters={filters} options={KINDS.map((kind) => [kind, w.kinds[kind] ?? kind])} />
          <Choice name="result" label={w.result} all={w.anyResult} filters={filters} options={RESULTS.map((result) => [result, w.results[result] ?? result])} />
          <Choice name="has" label={w.has} all={w.anyMark} filters={filters} options={HAS.map((mark) => [mark, w.marks[mark] ?? mark])} />
          <Choice name="rating" label={w.feedback} all={w.anyFeedback} filters={filters} options={RATINGS.map((rating) => [rating, w.ratings[rating] ?? rating])} />
          <Choice name="plugin" label={w.plugin} all={w.anyPlugin} filters={filters} options={called.map(({ name }) => [name, name])} />
          <label class="plain">
            <span class="hidden">{w.conversation}</span>
            <input class="short" value={typed.conversation} placeholder={w.conversation} spellcheck={false} onInput={(event) => type({ conversation: event.currentTarget.value })} />
          </label>
          <label class="plain">
            <span class="hidden">{w.atLeast}</span>
            <input class="short" type="number" min={0} value={typed.min_ms} placeholder={w.atLeast} onInput={(event) => type({ min_ms: event.currentTarget.value })} />
          </label>
        </>
      )}
      {chosen > 0 && <button type="button" class="quiet" onClick={clearFilters}>{w.clear}</button>}
    </div>
  );
}

interface ChoiceProps {
  name: (typeof FILTERS)[number];
  label: string;
  /** What is said where it does not filter. */
  all: string;
  options: [value: string, said: string][];
  filters: Filters;
}

function Choice({ name, label, all, options, filters }: ChoiceProps): JSX.Element {
  const chosen = filters[name] ?? "";
  // What an address names is shown, whether it is known here or not.
  const known = chosen && !options.some(([value]) => value === chosen) ? [...options, [chosen, chosen] as const] : options;
  return (
    <Select
      label={label} class={chosen ? "chosen" : ""} value={chosen} options={[["", all], ...known]}
      set={(value) => step({ [name]: value, ...(name === "rating" && { feedback: undefined }) })}
    />
  );
}
