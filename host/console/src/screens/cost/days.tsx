/** Costs by day as stacked bars; where nothing costs anything, turns. */

import type { JSX } from "preact";
import type { CostRow } from "../../api/upkeep";
import { count, money } from "../../parts/format";
import { words } from "../../words";
import { type Group, grouped, sum } from "./sums";

/** Groups with a colour of their own; the rest is one. */
const SERIES = 5;

export function Days({ rows, days, group }: { rows: CostRow[]; days: string[]; group: Group }): JSX.Element {
  const w = words().costs;
  const isMoney = sum(rows).cost > 0;
  const amount = (rows: CostRow[]) => (isMoney ? sum(rows).cost : sum(rows).turns);
  const say = (value: number) => (isMoney ? money(value) : w.turnCount(count(value)));
  const groups = grouped(rows, group);
  const series = groups.slice(0, SERIES).map(({ name }) => ({ name: nameOf(group, name), holds: (row: CostRow) => (row[group] ?? "") === name }));
  if (groups.length > SERIES) {
    const own = new Set(groups.slice(0, SERIES).map(({ name }) => name));
    series.push({ name: w.others, holds: (row) => !own.has(row[group] ?? "") });
  }
  const most = Math.max(...days.map((day) => amount(rows.filter((row) => row.day === day))), 0) || 1;
  return (
    <figure class="days">
      <figcaption>
        <span class="muted">{isMoney ? w.cost : w.turns} <span class="small">{w.most(say(most))}</span></span>
        <ul class="legend">{series.map(({ name }, n) => <li key={name}><i class={`series-${n}`} />{name}</li>)}</ul>
      </figcaption>
      <ol class="bars" aria-label={w.byDay}>
        {days.map((day) => {
          const ofDay = rows.filter((row) => row.day === day);
          const total = amount(ofDay);
          const parts = series.map(({ name, holds }) => ({ name, value: amount(ofDay.filter(holds)) }));
          const said = `${day}: ${say(total)}${parts.filter(({ value }) => value > 0).map(({ name, value }) => `\n${name} ${say(value)}`).join("")}`;
          return (
            <li key={day} title={said} tabIndex={0} data-day={day}>
              <span class="hidden">{said}</span>
              <span class="stack" aria-hidden="true">
                {parts.map(({ value }, n) => value > 0 && <i key={n} class={`series-${n}`} style={{ height: `${(100 * value) / most}%` }} />)}
              </span>
              <span class="day" aria-hidden="true">{day.slice(5)}</span>
            </li>
          );
        })}
      </ol>
    </figure>
  );
}

export function nameOf(group: Group, name: string): string {
  const w = words().costs;
  if (name === "") return group === "app" ? "–" : w.noModel;
  return group === "purpose" ? (w.purposes[name] ?? name) : name;
}
