/** Each app, model or purpose with its turns, tokens and costs. */

import type { JSX } from "preact";
import type { CostRow } from "../../api/upkeep";
import { count, money } from "../../parts/format";
import { words } from "../../words";
import { nameOf } from "./days";
import { type Group, type Sum, grouped, sum } from "./sums";

export function Table({ rows, group }: { rows: CostRow[]; group: Group }): JSX.Element {
  const w = words().costs;
  const cells = ({ turns, prompt_tokens, completion_tokens, cost, isPartial }: Sum) => (
    <>
      <td data-label={w.turns}>{count(turns)}</td>
      <td data-label={w.tokensIn}>{count(prompt_tokens)}</td>
      <td data-label={w.tokensOut}>{count(completion_tokens)}</td>
      <td data-label={w.cost}>{isPartial && cost === 0 ? "–" : money(cost)}{isPartial && <span class="small muted"> {w.partial}</span>}</td>
      <td data-label={w.aTurn}>{turns > 0 && !(isPartial && cost === 0) ? money(cost / turns) : "–"}</td>
    </>
  );
  return (
    <div class="table" tabIndex={0} role="region" aria-label={w.groups[group]}>
      <table class="figures cards">
        <thead><tr>{[w.groups[group], w.turns, w.tokensIn, w.tokensOut, w.cost, w.aTurn].map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
        <tbody>{grouped(rows, group).map(({ name, sum }) => <tr key={name}><th scope="row" class="id">{nameOf(group, name)}</th>{cells(sum)}</tr>)}</tbody>
        <tfoot><tr><th scope="row">{w.sum}</th>{cells(sum(rows))}</tr></tfoot>
      </table>
    </div>
  );
}
