/** One base: its documents, what is being imported, where to drop more, and what it is searched by. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, answered, get, path, segment } from "../../api/call";
import { ended } from "../../api/state";
import type { BaseDetail, Job, List } from "../../api/types";
import { address, adjust, place } from "../../frame/place";
import { useAct } from "../../parts/act";
import { count, size } from "../../parts/format";
import { Empty, Failed, Shown, useLoad } from "../../parts/load";
import { Tabs } from "../../parts/tabs";
import { Told } from "../../parts/told";
import { words } from "../../words";
import { BaseMark } from "./mark";
import { Documents } from "./documents";
import { DropZone } from "./drop";
import { Jobs } from "./jobs";
import { Settings } from "./settings";

const TABS = ["documents", "settings"] as const;

export function Base({ name }: { name: string }): JSX.Element {
  const w = words().bases;
  const base = useLoad((signal) => get<BaseDetail>(`/v1/knowledge-bases/${segment(name)}`, signal), [name]);
  const isGone = base.error instanceof ApiError && base.error.status === 404;
  return (
    <div class="screen base">
      <div class="head"><a class="back" href={address("bases")}>← {w.title}</a></div>
      {isGone ? <Empty title={w.unknown(name)} /> : <Shown of={base} rows={3}>{(detail) => <Whole base={detail} reload={base.reload} />}</Shown>}
    </div>
  );
}

function Whole({ base, reload }: { base: BaseDetail; reload: () => void }): JSX.Element {
  const w = words().bases;
  const { name } = base;
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
    reload();
  }, [over]);
  const changed = () => {
    jobs.reload();
    reload();
    setVersion((n) => n + 1);
  };
  const tab = TABS.find((tab) => tab === place.value.parameters["tab"]) ?? "documents";
  return (
    <>
      <div class="head">
        <h1>{base.title} {base.title !== name && <span class="muted small id">{name}</span>}</h1>
        <span class="muted">{w.sizes(count(base.documents), count(base.windows))}{base.bytes !== null && base.bytes > 0 && ` · ${size(base.bytes)}`}</span>
        <BaseMark base={base} />
      </div>
      {(base.error || base.warning) && <p class={`note ${base.error ? "bad" : "warn"}`}><Told text={base.error ?? base.warning ?? ""} /></p>}
      {base.embedder?.reembed_needed && <Reembed of={base} started={changed} />}
      <Tabs names={TABS} chosen={tab} said={(tab) => w.tabs[tab] ?? tab} choose={(tab) => adjust({ tab: tab === "documents" ? undefined : tab })}>
        {tab === "settings" ? <Settings base={base} changed={reload} /> : (
          <>
            <DropZone base={name} accepted={changed} />
            {jobs.data && <Jobs jobs={jobs.data.data} changed={changed} />}
            <Documents base={name} version={version} changed={changed} />
          </>
        )}
      </Tabs>
    </>
  );
}

/** A base whose vectors are of another embedder than the configured one says so, and can be made anew. */
function Reembed({ of: { name, embedder }, started }: { of: BaseDetail; started: () => void }): JSX.Element {
  const w = words().bases;
  const { isBusy, error, act } = useAct();
  const start = () => act(() => answered(`/v1/knowledge-bases/${segment(name)}/reembed`, { method: "POST" }).then(started));
  return (
    <>
      <p class="note warn">{w.reembedNeeded(embedder?.serving ?? "–", embedder?.configured ?? "–")} <button type="button" disabled={isBusy} onClick={start}>{w.reembed}</button></p>
      {error && <Failed error={error} />}
    </>
  );
}
