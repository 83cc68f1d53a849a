/** 批量评测: questions with what is right, the runs that have asked them, and what each threshold makes of a run. */

import type { JSX } from "preact";
import { get, path, segment } from "../api/call";
import type { Run } from "../api/evaluation";
import type { BaseSummary, List } from "../api/types";
import { address, step, place } from "../frame/place";
import { Select, Switch } from "../parts/choose";
import { clock } from "../parts/format";
import { Empty, Shown, useLoad } from "../parts/load";
import { NoBases } from "../parts/no-bases";
import { Told } from "../parts/told";
import { words } from "../words";
import { Asking, isAskable } from "./bulk/asking";
import { Result } from "./bulk/result";
import { Runs, nameOf, useRuns } from "./bulk/runs";

export function Bulk(): JSX.Element {
  const w = words().bulk;
  const bases = useLoad((signal) => get<List<BaseSummary>>("/v1/knowledge-bases", signal), []);
  return (
    <div class="screen bulk">
      <div class="head"><h1>{w.title}</h1></div>
      <Shown of={bases} rows={4}>
        {({ data }) => data.length === 0
          ? <NoBases />
          : data.some(isAskable) ? <Evaluate bases={data} />
          : <Empty title={words().bases.empty}><p><a href={address("bases")}>{words().hit.importFirst}</a></p></Empty>}
      </Shown>
    </div>
  );
}

function Evaluate({ bases }: { bases: BaseSummary[] }): JSX.Element {
  const w = words().bulk;
  const runs = useRuns();
  const { run: named, against } = place.value.parameters;
  const all = runs.data?.data ?? [];
  const shown = named ?? all.find(({ state }) => state === "done")?.id;
  // What is asked for is what is shown when it has ended.
  const started = (run: Run) => {
    step({ run: run.id, v: undefined });
    runs.reload();
  };
  return (
    <>
      <Asking bases={bases} started={started} />
      <Shown of={runs} rows={3}>
        {({ data }) => data.length === 0 ? <Empty title={w.empty}><p>{w.emptyHow}</p></Empty> : <Runs runs={data} shown={shown} changed={runs.reload} />}
      </Shown>
      {shown && <OneRun key={`${shown} ${all.find(({ id }) => id === shown)?.state}`} id={shown} all={all} against={against} />}
    </>
  );
}

/** One run with what it is compared with. */
function OneRun({ id, all, against }: { id: string; all: Run[]; against: string | undefined }): JSX.Element {
  const w = words();
  const run = useLoad((signal) => get<Run>(`/v1/evaluations/${segment(id)}`, signal), [id]);
  const other = useLoad(async (signal) => (against && against !== id ? get<Run>(`/v1/evaluations/${segment(against)}`, signal) : null), [against, id]);
  const chosen = Number(place.value.parameters["v"] ?? 0);
  return (
    <Shown of={run} rows={6}>
      {(run) => {
        const variant = run.variants[chosen] ?? run.variants[0];
        if (run.state === "failed") return <p class="note bad">{nameOf(run)}: <Told text={run.error ?? ""} /></p>;
        if (run.state === "cancelled") return <p class="note">{w.evaluations.cancelled}</p>;
        if (run.state !== "done" || !variant?.report) return <></>;
        const others = all.filter(({ id: other, state }) => other !== id && state === "done");
        const variantOf = (other: Run) => other.variants[chosen] ?? other.variants[0];
        return (
          <>
            {(run.variants.length > 1 || others.length > 0) && (
              <div class="head compare">
                {run.variants.length > 1 && (
                  <Switch label={w.evaluations.variant} value={String(run.variants.indexOf(variant))} options={run.variants.map(({ name }, index) => [String(index), name])} set={(index) => step({ v: index === "0" ? undefined : index })} />
                )}
                {others.length > 0 && (
                  <Select
                    isSeen label={w.evaluations.compareWith} value={against ?? ""} set={(other) => step({ against: other || undefined })}
                    options={[["", w.evaluations.noCompare], ...others.map((other) => [other.id, `${clock(other.created_at)} · ${nameOf(other)}`] as const)]}
                  />
                )}
              </div>
            )}
            {other.data && <p class="muted small">{w.evaluations.thenFigures(nameOf(other.data))}</p>}
            <Result
              key={`${run.id} ${variant.name}`} report={variant.report} before={other.data ? (variantOf(other.data)?.report ?? null) : null}
              questions={{
                url: path(`/v1/evaluations/${segment(run.id)}/questions`, { variant: run.variants.indexOf(variant), against: other.data ? `${other.data.id}:${other.data.variants.indexOf(variantOf(other.data) as never)}` : undefined }),
                isCompared: other.data !== null,
              }}
            />
          </>
        );
      }}
    </Shown>
  );
}

