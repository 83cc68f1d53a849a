/** Names and values that are typed in, such as a request's variables. */

import type { JSX } from "preact";
import { words } from "../words";

export type Pair = [name: string, value: string];

export interface PairsProps {
  pairs: Pair[];
  set: (pairs: Pair[]) => void;
  /** Names that are likely. */
  names?: string[];
}

export function Pairs({ pairs, set, names = [] }: PairsProps): JSX.Element {
  const w = words().chat;
  const change = (index: number, pair: Pair) => set(pairs.map((old, n) => (n === index ? pair : old)));
  return (
    <fieldset class="pairs-typed">
      <legend>{w.variables}</legend>
      <datalist id="variable-names">{names.map((name) => <option key={name} value={name} />)}</datalist>
      {pairs.map(([name, value], index) => (
        <div class="pair" key={index}>
          <input aria-label={w.variableName} placeholder={names.join("、") || w.variableName} list="variable-names" spellcheck={false} value={name} onInput={(event) => change(index, [event.currentTarget.value, value])} />
          <input aria-label={w.variableValue} placeholder={w.variableValue} value={value} onInput={(event) => change(index, [name, event.currentTarget.value])} />
          <button type="button" aria-label={w.removeVariable} onClick={() => set(pairs.filter((_, n) => n !== index))}>×</button>
        </div>
      ))}
      <button type="button" onClick={() => set([...pairs, ["", ""]])}>{w.addVariable}</button>
    </fieldset>
  );
}

export function record(pairs: Pair[]): Record<string, string> {
  return Object.fromEntries(pairs.filter(([name]) => name));
}
