/** One base: its documents, what is being imported, and where to drop more. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { get, path } from "../../api/call";
import type { BaseSummary, Job, List } from "../../api/types";
import { address } from "../../frame/place";
import { count } from "../../parts/format";
import { Empty, Shown, useLoad } from "../../parts/load";
import { Told } from "../../parts/told";
import { words } from "../../words";
import { Documents } from "./documents";
import { DropZone } from "./drop";
import { Jobs } from "./jobs";

export function Base({ name }: { name: string }): JSX.Element {
  const w = words().bases;
  const bases = useLoad((signal) => get<List<BaseSummary>>("/v1/knowledge-bases", signal), [name]);
  const jobs = useLoad((signal) => get<List<Job>>(path("/v1/jobs", { knowledge_base: name, limit: 10 }), signal), [name]);
  const [version, setVersion] = useState(0);
  const active = jobs.data?.data.some(({ state }) => !ended(state)) ?? false;
  // One look a second while something is at work and somebody sees it, and none else.
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => document.visibilityState === "visible" && jobs.reload(), 1000);
    return () => clearInterval(timer);
  }, [active]);
  // What a job has stored shows, also where it was over before anybody saw it at work.
  const over = jobs.data?.data.filter(({ state }) => ended(state)).map(({ id }) => id).join(" ");
  const seen = useRef(over);
  useEffect(() => {
    const isFirst = seen.current === undefined;
    seen.current = over;
    if (isFirst || over === undefined) return;
    setVersion((n) => n + 1);
    bases.reload();
  }, [over]);
  const changed = () => {
    jobs.reload();
    bases.reload();
    setVersion((n) => n + 1);
  };
  return (
    <div class="screen base">
      <div class="head"><a class="back" href={address("bases")}>← {w.title}</a></div>
      <Shown of={bases} rows={3}>
        {({ data }) => {
          const base = data.find((base) => base.name === name);
          if (!base) return <Empty title={w.unknown(name)} />;
          return (
            <>
              <div class="head">
                <h1>{base.title} <span class="muted small id">{base.name}</span></h1>
                <span class="muted">{w.sizes(count(base.documents), count(base.windows))}</span>
              </div>
              {(base.error ?? base.warning) && <p class={`note ${base.error ? "bad" : "warn"}`}><Told text={base.error ?? base.warning ?? ""} /></p>}
              <DropZone base={name} accepted={changed} />
              {jobs.data && <Jobs jobs={jobs.data.data} changed={changed} />}
              <Documents key={version} base={name} changed={changed} />
            </>
          );
        }}
      </Shown>
    </div>
  );
}

export function ended(state: Job["state"]): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}
