/** A list of which any place can be read by itself: only what was in sight is here, so that its end is as near as its begin. */

import { useEffect, useReducer, useRef, useState } from "preact/hooks";

export interface Places<T> {
  /** What stands at a place; nothing while it is on its way. */
  at: (index: number) => T | undefined;
  /** Puts something else there, which was changed. */
  put: (index: number, row: T) => void;
  /** Says which places are in sight. What is not here of them is fetched. */
  look: (from: number, to: number) => void;
  error: Error | null;
  retry: () => void;
}

/** Begins with the first page; `load` fetches the page that begins at a place. Where another first page comes, as when something was
 * deleted, the old ones are seen until those in sight were fetched anew. */
export function usePlaces<T>(first: T[], size: number, load: (from: number) => Promise<T[]>): Places<T> {
  const pages = useRef(new Map<number, T[]>());
  const fresh = useRef(new Set<number>());
  const seen = useRef<readonly [from: number, to: number]>([0, 0]);
  const isLoading = useRef(false);
  const shown = useRef<T[] | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [, draw] = useReducer((n: number) => n + 1, 0);
  if (shown.current !== first) {
    shown.current = first;
    pages.current.set(0, first);
    fresh.current = new Set([0]);
  }
  /** One request at a time: a list that is dragged to its end does not ask for all that it passes. */
  const fetchSeen = () => {
    const [from, to] = seen.current;
    const wanted = Array.from({ length: Math.floor(to / size) - Math.floor(from / size) + 1 }, (_, n) => Math.floor(from / size) + n);
    const page = wanted.find((page) => !fresh.current.has(page));
    if (page === undefined || isLoading.current) return;
    isLoading.current = true;
    const of = shown.current;
    load(page * size)
      .then((rows) => {
        pages.current.set(page, rows);
        if (shown.current === of) fresh.current.add(page);
        draw(0);
      })
      .then(
        () => {
          isLoading.current = false;
          fetchSeen();
        },
        (error: Error) => {
          isLoading.current = false;
          setError(error);
        },
      );
  };
  useEffect(() => {
    setError(null);
    fetchSeen();
  }, [first]);
  return {
    at: (index) => pages.current.get(Math.floor(index / size))?.[index % size],
    put: (index, row) => {
      const page = Math.floor(index / size);
      pages.current.set(page, (pages.current.get(page) ?? []).map((old, n) => (n === index % size ? row : old)));
      draw(0);
    },
    look: (from, to) => {
      seen.current = [from, Math.max(from, to - 1)];
      if (!error) fetchSeen();
    },
    error,
    retry: () => {
      setError(null);
      fetchSeen();
    },
  };
}
