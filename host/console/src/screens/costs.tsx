/** 费用: what was spent, on what, and what was saved, from a table that outlives the traces. */

import type { JSX } from "preact";
import { get, path } from "../api/call";
import type { Costs as Answer } from "../api/upkeep";
import { address, step, place } from "../frame/place";
import { Select, Switch } from "../parts/choose";
import { count, money } from "../parts/format";
import { Empty, Shown, useLoad } from "../parts/load";
import { Way } from "../parts/way";
import { When } from "../parts/when";
import { words } from "../words";
import { Days } from "./cost/days";
import { GROUPS, type Group, dayOf, days, sum, withoutModel } from "./cost/sums";
import { Table } from "./cost/table";

const RANGES = ["1", "7", "30"] as const;

export function Costs(): JSX.Element {
  const w = words().costs;
  const { days: range = "7", by = "app" } = place.value.parameters;
  const chosen = RANGES.find((known) => known === range) ?? "7";
  const length = Number(chosen);
  const group: Group = GROUPS.find((known) => known === by) ?? "app";
  const here = dayOf(new Date());
  // The host's days may not be the browser's: a day more is asked for, and those are shown that end with the host's today.
  const from = days(here, length + 1)[0] ?? here;
  const costs = useLoad((signal) => get<Answer>(path("/v1/costs", { from, by: "day,app,model,purpose" }), signal).then((costs) => within(costs, length)), [from]);
  return (
    <div class="screen costs">
      <div class="head">
        <h1>{w.title}</h1>
        <Switch label={w.range} value={chosen} options={RANGES.map((name) => [name, w.ranges[name]])} set={(name) => step({ days: name === "7" ? undefined : name })} />
        <button type="button" onClick={costs.reload}>{words().traces.refresh}</button>
      </div>
      <Shown of={costs}>
        {(costs) => (
          <>
            {costs.unpriced.length > 0 && (
              <p class="note warn">{w.unpriced} {(costs.unpriced_keys ?? costs.unpriced.map((model) => `models.${model}.price_input`)).map((key) => <code key={key}>{key} </code>)} <a href={address("config")}>{words().frame.screens["config"]}</a></p>
            )}
            {costs.data.length === 0 ? <Empty title={w.none}><p>{w.noneHow}</p><p><Way to="chat" /></p></Empty> : (
              <>
                <Totals costs={costs} />
                <section class="card">
                  <div class="head">
                    <h2>{w.byDay}</h2>
                    <Select isSeen label={w.by} value={group} options={GROUPS.map((name) => [name, w.groups[name]])} set={(by) => step({ by: by === "app" ? undefined : by })} />
                  </div>
                  <Days rows={costs.data} days={days(costs.today ?? here, length)} group={group} />
                  <Table rows={costs.data} group={group} />
                </section>
                <Dearest costs={costs} />
              </>
            )}
          </>
        )}
      </Shown>
    </div>
  );
}

/** Only the rows of the last so many days. */
function within(costs: Answer, length: number): Answer {
  const shown = new Set(days(costs.today ?? dayOf(new Date()), length));
  return { ...costs, data: costs.data.filter(({ day }) => day !== undefined && shown.has(day)) };
}

function Totals({ costs: { data } }: { costs: Answer }): JSX.Element {
  const w = words().costs;
  const all = sum(data);
  // Nothing has a price, as the table has it.
  const isUnknown = all.isPartial && all.cost === 0;
  const free = withoutModel(data);
  // What the answers without a model would have cost, had they cost what the others do.
  const asked = all.turns - free;
  const saved = asked > 0 && all.cost > 0 ? (free * all.cost) / asked : null;
  return (
    <section class="card">
      <dl class="facts large">
        <div><dt>{w.cost}</dt><dd data-figure="cost">{isUnknown ? "–" : money(all.cost)}</dd></div>
        <div><dt>{w.turns}</dt><dd data-figure="turns">{count(all.turns)}</dd></div>
        <div><dt>{w.aTurn}</dt><dd>{all.turns > 0 && !isUnknown ? money(all.cost / all.turns) : "–"}</dd></div>
        <div><dt>{w.tokensIn}</dt><dd data-figure="prompt_tokens">{count(all.prompt_tokens)}</dd></div>
        <div><dt>{w.tokensOut}</dt><dd data-figure="completion_tokens">{count(all.completion_tokens)}</dd></div>
        {free > 0 && <div><dt>{w.free}</dt><dd>{w.share(count(free), ((100 * free) / Math.max(1, all.turns)).toFixed(0))}{saved !== null && <span class="muted small"> {w.saved(money(saved), money(saved / free))}</span>}</dd></div>}
      </dl>
    </section>
  );
}

function Dearest({ costs: { dearest = [] } }: { costs: Answer }): JSX.Element | null {
  const w = words().costs;
  if (dearest.length === 0) return null;
  return (
    <section class="card">
      <h2>{w.dearest}</h2>
      <ol class="dearest">
        {dearest.map(({ trace, created, question, cost }) => (
          <li key={trace}><a href={address("traces", { id: trace })} data-entry>{question || words().traces.noQuestion}</a>{created ? <When class="muted small" at={created} /> : <span />}<span class="number">{money(cost)}</span></li>
        ))}
      </ol>
    </section>
  );
}
