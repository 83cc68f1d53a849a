/** A list that comes page by page: what is here of it, and the way to the next page. */

import { useEffect, useRef, useState } from "preact/hooks";

export interface Pages<T> {
  data: T[];
  next?: string | number | null;
}

export interface More<T> {
  all: T[];
  set: (change: (all: T[]) => T[]) => void;
  isWhole: boolean;
  error: Error | null;
  more: () => void;
}

/** Begins with the first page; `load` fetches what comes after it. */
export function useMore<T>(first: Pages<T>, load: (next: string | number) => Promise<Pages<T>>): More<T> {
  const [all, set] = useState(first.data);
  const [next, setNext] = useState(first.next ?? null);
  const [error, setError] = useState<Error | null>(null);
  const isLoading = useRef(false);
  useEffect(() => {
    set(first.data);
    setNext(first.next ?? null);
  }, [first]);
  const more = () => {
    if (next === null || isLoading.current) return;
    isLoading.current = true;
    setError(null);
    load(next)
      .then((page) => {
        set((all) => [...all, ...page.data]);
        setNext(page.next ?? null);
      }, setError)
      .finally(() => (isLoading.current = false));
  };
  return { all, set, isWhole: next === null, error, more };
}
