/** What is fetched for a screen: its states look the same everywhere. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, UNREACHABLE } from "../api/call";
import { adminKey } from "../api/key";
import { away, returns } from "../api/link";
import { words } from "../words";
import { meaning, said } from "../words/facts";
import { asError } from "./act";
import { CopyButton } from "./copy";
import { Told } from "./told";

export interface Loaded<T> {
  data: T | null;
  error: Error | null;
  pending: boolean;
  reload: () => void;
  set: (data: T) => void;
}

/** Fetches when the keys change, when the host is back, and with another admin key. Old data stay until then. */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, keys: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<{ data: T | null; error: Error | null; pending: boolean }>({ data: null, error: null, pending: true });
  const [again, setAgain] = useState(0);
  const shown = useRef<readonly unknown[]>(keys);
  useEffect(() => {
    const leaving = new AbortController();
    const isOther = shown.current.some((key, index) => key !== keys[index]);
    shown.current = keys;
    setState((old) => ({ data: isOther ? null : old.data, error: null, pending: true }));
    load(leaving.signal).then(
      (data) => !leaving.signal.aborted && setState({ data, error: null, pending: false }),
      (error: unknown) => {
        if (leaving.signal.aborted) return;
        setState((old) => ({ data: old.data, error: asError(error), pending: false }));
      },
    );
    return () => leaving.abort();
  }, [...keys, again, returns.value, adminKey.value]);
  return { ...state, reload: () => setAgain((n) => n + 1), set: (data) => setState({ data, error: null, pending: false }) };
}

/** Draws what was loaded, or that it is on its way, or why it is not there. */
export function Shown<T>({ of, children, rows = 6 }: { of: Loaded<T>; children: (data: T) => ComponentChildren; rows?: number }): JSX.Element {
  if (of.data !== null) {
    const isStale = of.error !== null;
    return (
      <div class={`shown${isStale && away.value !== null ? " stale" : ""}`}>
        {of.error && !isUnreachable(of.error) && <Failed error={of.error} retry={of.reload} />}
        {children(of.data)}
      </div>
    );
  }
  if (of.error) return <Failed error={of.error} retry={of.reload} />;
  return <Skeleton rows={rows} />;
}

function isUnreachable(error: Error): boolean {
  return error instanceof ApiError && error.code === UNREACHABLE;
}

/** Shown after a moment only, so that what is quick does not flicker. */
export function Skeleton({ rows = 6 }: { rows?: number }): JSX.Element {
  return (
    <div class="skeleton" role="status">
      <span class="hidden">{words().states.loading}</span>
      {Array.from({ length: rows }, (_, row) => <i key={row} />)}
    </div>
  );
}

/** An error as the API worded it. */
export function Failed({ error, retry }: { error: Error; retry?: (() => void) | undefined }): JSX.Element {
  const w = words().states;
  const code = error instanceof ApiError ? error.code : "page";
  const request = error instanceof ApiError ? error.request : null;
  return (
    <div class="failed" role="alert">
      <p><code>{code}</code> <Message error={error} code={code} /></p>
      {request && <p class="muted small">{w.request} <code>{request}</code></p>}
      <div class="buttons">
        {retry && <button type="button" onClick={retry}>{w.retry}</button>}
        <CopyButton text={() => `${code}: ${error.message}${request ? ` (${request})` : ""}`} />
      </div>
    </div>
  );
}

/** What is wrong, in the page's language as far as that is known; the API's own words are kept behind it. */
function Message({ error, code }: { error: Error; code: string }): JSX.Element {
  if (code === UNREACHABLE) return <>{words().states.unreachable(location.origin)}</>;
  const exact = said(error.message, error instanceof ApiError ? error.fact : undefined);
  if (exact === error.message) return <>{exact}</>;
  if (exact !== null) return <span title={error.message}>{exact}</span>;
  const about = meaning(code);
  if (about === null) return <Told text={error.message} />;
  return <>{about} <span class="original"><span lang="en">{error.message}</span></span></>;
}

/** Says why there is nothing, and what to do. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="empty">
      <svg viewBox="0 0 64 64" width="56" height="56" aria-hidden="true">
        <path d="M30 8v34H12zM34 16l16 26H34z" fill="currentColor" opacity=".18" />
        <path d="M8 48c8 6 14-4 24 0s16 4 24 0" fill="none" stroke="currentColor" stroke-width="2.5" opacity=".4" stroke-linecap="round" />
      </svg>
      <h2>{title}</h2>
      {children}
    </div>
  );
}
