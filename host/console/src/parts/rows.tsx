/** A list of any length, of which only the rows in sight are in the page. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";

/** Rows beyond those in sight, at each end. */
const BEYOND = 12;

export interface RowsProps {
  count: number;
  /** The height of a row that was not measured yet, in pixels. */
  estimate: number;
  row: (index: number) => ComponentChildren;
  /** Names each row, so that what is drawn of it stays with it. */
  keyOf: (index: number) => string;
  /** Called when the last rows come into sight. */
  atEnd?: (() => void) | undefined;
  /** Called with the rows that have come into sight, the last one excluded. */
  inSight?: ((from: number, to: number) => void) | undefined;
  /** The row that is brought into sight first. */
  first?: number | undefined;
  label: string;
  head?: ComponentChildren;
  /** What is drawn: rows of a table, or parts of any height below one another. */
  as?: "table" | "list";
  class?: string;
  /** Rows that stay in the page out of sight, such as one that is being edited. */
  kept?: readonly number[];
}

export function Rows({ count, estimate, row, keyOf, atEnd, inSight, first = -1, label, head, as = "table", class: name = "", kept = [] }: RowsProps): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 0, width: 0 });
  // Rows that are not as high as most: on a narrow page some have more lines.
  const heights = useRef(new Map<number, number>());
  const sizes = useRef<ResizeObserver | null>(null);
  const isAtEnd = useRef(false);
  const [measured, measure] = useReducer((n: number) => n + 1, 0);
  /** Where each row begins, and where the last one ends. */
  const begins = useMemo(() => {
    const begins = new Float64Array(count + 1);
    for (let index = 0; index < count; index += 1) begins[index + 1] = (begins[index] ?? 0) + (heights.current.get(index) ?? estimate);
    return begins;
  }, [count, estimate, measured, view.width]);
  const begin = (index: number) => begins[index] ?? 0;
  const look = () => {
    if (!frame.current) return;
    const { scrollTop: top, clientHeight: height, clientWidth: width, scrollHeight } = frame.current;
    isAtEnd.current = top > 0 && top + height >= scrollHeight - 1;
    setView((old) => {
      // Other lines break in another width.
      if (old.width !== width) heights.current.clear();
      return old.top === top && old.height === height && old.width === width ? old : { top, height, width };
    });
  };
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    if (first >= 0) element.scrollTop = begin(first) - element.clientHeight / 2;
    look();
    sizes.current = new ResizeObserver((changed) => {
      look();
      // A row may grow by itself, as where something in it is unfolded.
      if (changed.some(({ target }) => target !== element && isOther(target as HTMLElement))) measure(0);
    });
    sizes.current.observe(element);
    return () => sizes.current?.disconnect();
  }, []);
  const from = Math.max(0, rowAt(begins, view.top) - BEYOND);
  const to = Math.min(count, rowAt(begins, view.top + view.height) + 1 + BEYOND);
  const indices = Array.from({ length: to - from }, (_, n) => from + n);
  if (kept.length > 0) indices.push(...kept.filter((index) => index < count && (index < from || index >= to)));
  /** By how much a row is higher than it was taken to be. */
  const higher = (element: HTMLElement) => (element.offsetHeight === 0 ? 0 : element.offsetHeight - (heights.current.get(Number(element.dataset["index"])) ?? estimate));
  const isOther = (element: HTMLElement) => higher(element) !== 0;
  useLayoutEffect(() => {
    let above = 0;
    const drawn = [...(frame.current?.querySelectorAll<HTMLElement>(":scope > .track > .row") ?? [])];
    for (const element of drawn) sizes.current?.observe(element);
    const others = drawn.filter(isOther);
    for (const element of others) {
      const index = Number(element.dataset["index"]);
      if (begin(index + 1) <= view.top) above += higher(element);
      heights.current.set(index, element.offsetHeight);
    }
    if (others.length === 0) return;
    // What is in sight stays where it is when rows above it turn out higher or lower.
    if (above !== 0 && frame.current) frame.current.scrollTop += above;
    measure(0);
  });
  // The end is where it turns out to be. More rows than before are another end, to which nobody has gone.
  useLayoutEffect(() => {
    isAtEnd.current = false;
  }, [count]);
  useLayoutEffect(() => {
    if (isAtEnd.current && frame.current) frame.current.scrollTop = frame.current.scrollHeight;
  }, [measured]);
  useEffect(() => {
    if (count > 0 && to >= count - BEYOND) atEnd?.();
  }, [to, count]);
  useEffect(() => {
    if (count > 0) inSight?.(from, to);
  }, [from, to, count]);
  const isTable = as === "table";
  return (
    <div class={`rows ${name}`} ref={frame} role={as} aria-label={label} aria-rowcount={isTable ? count + 1 : undefined} onScroll={look}>
      {head}
      <div class="track" role={isTable ? "rowgroup" : "presentation"} style={{ height: `${begin(count)}px` }}>
        {indices.map((index) => (
          <div
            key={keyOf(index)} class="row" data-index={index} style={{ transform: `translateY(${begin(index)}px)` }}
            {...(isTable ? { role: "row", "aria-rowindex": index + 2 } : { role: "listitem", "aria-setsize": count, "aria-posinset": index + 1 })}
          >
            {row(index)}
          </div>
        ))}
      </div>
    </div>
  );
}

/** The row at a height: the last one that begins at it or above. */
function rowAt(begins: Float64Array, height: number): number {
  let low = 0;
  let high = begins.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((begins[middle] ?? 0) <= height) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}
