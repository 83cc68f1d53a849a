/** Tests of a document's metadata, typed in row by row, as a search takes them. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Filter, FilterTest, Operator } from "../api/types";
import { words } from "../words";

const OPERATORS: readonly Operator[] = ["eq", "ne", "in", "nin", "gt", "gte", "lt", "lte", "exists"];
const OF_MANY: readonly Operator[] = ["in", "nin"];

interface Row {
  field: string;
  operator: Operator;
  value: string;
}

export interface FilterRowsProps {
  filter: Filter | null;
  /** Called with whole tests only; nothing where there is none. */
  set: (filter: Filter | null) => void;
}

export function FilterRows({ filter, set }: FilterRowsProps): JSX.Element {
  const w = words().filter;
  const [rows, setRows] = useState<Row[]>(() => rowsOf(filter));
  const [any, setAny] = useState(filter?.condition === "or");
  const key = JSON.stringify(filter);
  // Another filter came, as from a trace or a link; one's own is here already.
  useEffect(() => {
    if (key === JSON.stringify(filterOf(rows, any))) return;
    setRows(rowsOf(filter));
    setAny(filter?.condition === "or");
  }, [key]);
  const change = (index: number, part: Partial<Row>) => setRows(rows.map((row, n) => (n === index ? { ...row, ...part } : row)));
  const tell = (rows: Row[], any: boolean) => {
    const next = filterOf(rows, any);
    if (JSON.stringify(next) !== key) set(next);
  };
  const remove = (index: number) => {
    const rest = rows.filter((_, n) => n !== index);
    setRows(rest);
    tell(rest, any);
  };
  return (
    <fieldset class="pairs-typed filter-rows">
      <legend>{w.title}</legend>
      {rows.map(({ field, operator, value }, index) => (
        <div class="pair" key={index}>
          <input aria-label={w.field} placeholder={w.field} value={field} spellcheck={false} onInput={(event) => change(index, { field: event.currentTarget.value })} onChange={() => tell(rows, any)} />
          <select
            aria-label={w.operator} value={operator}
            onChange={(event) => {
              const next = rows.map((row, n) => (n === index ? { ...row, operator: event.currentTarget.value as Operator } : row));
              setRows(next);
              tell(next, any);
            }}
          >
            {OPERATORS.map((name) => <option key={name} value={name}>{w.operators[name]}</option>)}
          </select>
          {operator === "exists" ? (
            <select
              aria-label={w.value} value={value === "false" ? "false" : "true"}
              onChange={(event) => {
                const next = rows.map((row, n) => (n === index ? { ...row, value: event.currentTarget.value } : row));
                setRows(next);
                tell(next, any);
              }}
            >
              <option value="true">{words().states.yes}</option>
              <option value="false">{words().states.no}</option>
            </select>
          ) : (
            <input
              aria-label={w.value} placeholder={OF_MANY.includes(operator) ? w.values : w.value} value={value} spellcheck={false}
              onInput={(event) => change(index, { value: event.currentTarget.value })} onChange={() => tell(rows, any)}
            />
          )}
          <button type="button" aria-label={w.remove} onClick={() => remove(index)}>×</button>
        </div>
      ))}
      <button type="button" onClick={() => setRows([...rows, { field: "", operator: "eq", value: "" }])}>{w.add}</button>
      {rows.length > 1 && (
        <label class="check">
          <input type="checkbox" checked={any} onChange={(event) => { setAny(event.currentTarget.checked); tell(rows, event.currentTarget.checked); }} /> {w.any}
        </label>
      )}
    </fieldset>
  );
}

function rowsOf(filter: Filter | null): Row[] {
  return (filter?.filters ?? []).map(({ field, operator, value }) => ({ field, operator, value: Array.isArray(value) ? value.join(", ") : String(value ?? "") }));
}

/** The rows that say something. */
function filterOf(rows: Row[], any: boolean): Filter | null {
  const tests = rows.flatMap(({ field, operator, value }): FilterTest[] => {
    const name = field.trim();
    if (!name) return [];
    if (operator === "exists") return [{ field: name, operator, value: value !== "false" }];
    const values = OF_MANY.includes(operator) ? value.split(/[,，、]/).map((part) => part.trim()).filter(Boolean) : [value.trim()].filter(Boolean);
    const [first] = values;
    if (first === undefined) return [];
    return [{ field: name, operator, value: OF_MANY.includes(operator) ? values : first }];
  });
  return tests.length === 0 ? null : { filters: tests, ...(any && tests.length > 1 && { condition: "or" as const }) };
}

/** A filter as an address holds it. */
export function readFilter(text: string | undefined): Filter | null {
  if (!text) return null;
  try {
    const found = JSON.parse(text) as Filter | FilterTest[];
    const filter = Array.isArray(found) ? { filters: found } : found;
    return Array.isArray(filter.filters) && filter.filters.length > 0 && filter.filters.every(({ field, operator }) => typeof field === "string" && OPERATORS.includes(operator)) ? filter : null;
  } catch {
    return null;
  }
}

export function writeFilter(filter: Filter | FilterTest[] | null | undefined): string | undefined {
  if (!filter) return undefined;
  const whole = Array.isArray(filter) ? { filters: filter } : filter;
  return whole.filters.length > 0 ? JSON.stringify(whole) : undefined;
}
