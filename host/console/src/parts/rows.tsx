/** A list of any length, of which only the rows in sight are in the page. */

import { Virtualizer, elementScroll, observeElementOffset, observeElementRect } from "@tanstack/virtual-core";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useReducer, useRef } from "preact/hooks";

export interface RowsProps {
  count: number;
  /** How many there are in all, where not all are here yet. */
  total?: number | undefined;
  /** The height of a row that was not measured yet, in pixels. */
  estimate: number;
  row: (index: number) => ComponentChildren;
  /** Names each row, so that what was measured stays with it. */
  keyOf: (index: number) => string;
  /** Called when the last rows come into sight. */
  atEnd?: (() => void) | undefined;
  /** The row that is brought into sight first. */
  first?: number | undefined;
  label: string;
  head?: ComponentChildren;
}

export function Rows({ count, total = count, estimate, row, keyOf, atEnd, first, label, head }: RowsProps): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const [, draw] = useReducer((n: number) => n + 1, 0);
  const virtual = useRef<Virtualizer<HTMLDivElement, HTMLElement>>(undefined as never);
  const options = {
    count,
    estimateSize: () => estimate,
    getItemKey: keyOf,
    getScrollElement: () => frame.current,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    overscan: 12,
    onChange: () => draw(0),
  };
  virtual.current ??= new Virtualizer(options);
  const rows = virtual.current;
  rows.setOptions({ ...rows.options, ...options });
  useLayoutEffect(() => rows._didMount(), []);
  useLayoutEffect(() => rows._willUpdate());
  useEffect(() => {
    if (first !== undefined && first >= 0) rows.scrollToIndex(first, { align: "center" });
  }, []);
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (count > 0 && last >= count - 10) atEnd?.();
  }, [last, count]);
  return (
    <div class="rows" ref={frame} role="table" aria-label={label} aria-rowcount={total + 1}>
      {head}
      <div class="track" role="rowgroup" style={{ height: `${rows.getTotalSize()}px` }}>
        {shown.map((item) => (
          <div
            key={item.key}
            class="row"
            role="row"
            aria-rowindex={item.index + 2}
            data-index={item.index}
            ref={(element) => rows.measureElement(element)}
            style={{ transform: `translateY(${item.start}px)` }}
          >
            {row(item.index)}
          </div>
        ))}
      </div>
    </div>
  );
}
