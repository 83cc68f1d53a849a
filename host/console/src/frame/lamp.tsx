/** The lamp says whether the host can serve, and which of what it depends on is not well. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { adminKey } from "../api/key";
import { away } from "../api/link";
import type { Ready } from "../api/types";
import { Told } from "../parts/told";
import { words } from "../words";

const EVERY = 15_000;

export function Lamp(): JSX.Element {
  const [ready, setReady] = useState<Ready | null>(null);
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === "visible") void ask().then(setReady);
    };
    look();
    const timer = setInterval(look, EVERY);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [adminKey.value, away.value === null]);
  const w = words().lamp;
  const unwell = ready?.dependencies?.filter(({ status }) => status !== "ok") ?? [];
  const [state, said] = away.value
    ? (["bad", w.away] as const)
    : ready === null
      ? (["unknown", w.unknown] as const)
      : ready.status === "unready"
        ? (["bad", w.unready] as const)
        : unwell.length > 0
          ? (["warn", w.degraded(unwell.length)] as const)
          : (["good", w.ok] as const);
  return (
    <details class="lamp" onKeyDown={(event) => event.key === "Escape" && close(event.currentTarget)}>
      <summary><i class={state} /><span>{said}</span></summary>
      <div class="popover">
        <h2>{w.title}</h2>
        {ready?.dependencies === undefined ? null : unwell.length === 0 ? <p>{w.allWell}</p> : (
          <ul>
            {unwell.map(({ kind, name, status, reason }) => (
              <li key={`${kind} ${name}`}>
                <b>{w.kinds[kind] ?? kind} {name}</b> <span class={`mark ${status === "failing" ? "bad" : "warn"}`}>{w.states[status] ?? status}</span>
                {reason && <p class="small muted"><Told text={reason} /></p>}
              </li>
            ))}
          </ul>
        )}
      </div>
    </details>
  );
}

/** Not by `answered`: a host that is not ready says so with 503, which is an answer here. */
async function ask(): Promise<Ready | null> {
  try {
    const headers: HeadersInit = adminKey.value === null ? {} : { authorization: `Bearer ${adminKey.value}` };
    return (await (await fetch("/readyz", { headers, cache: "no-store" })).json()) as Ready;
  } catch {
    return null;
  }
}

function close(details: HTMLDetailsElement): void {
  details.open = false;
  details.querySelector("summary")?.focus();
}
