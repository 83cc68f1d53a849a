/** Choices among a few: as a list that opens, as a row of words, as chips that can be on together. */

import type { JSX } from "preact";
import type { BaseSummary } from "../api/types";
import { words } from "../words";
import { reasoned } from "../words/facts";

type Option<T extends string> = readonly [value: T, said: string];

export interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: readonly Option<T>[];
  set: (value: T) => void;
}

/** The label is for who listens, unless it is to be seen. */
export function Select<T extends string>({ label, value, options, set, isSeen = false, class: name }: ChoiceProps<T> & { isSeen?: boolean; class?: string }): JSX.Element {
  return (
    <label class="plain">
      <span class={isSeen ? "muted" : "hidden"}>{label}</span>
      <select class={name} value={value} onChange={(event) => set(event.currentTarget.value as T)}>
        {options.map(([value, said]) => <option key={value} value={value}>{said}</option>)}
      </select>
    </label>
  );
}

export function Switch<T extends string>({ label, value, options, set }: ChoiceProps<T>): JSX.Element {
  return (
    <fieldset class="switch">
      <legend class="hidden">{label}</legend>
      {options.map(([own, said]) => (
        <label key={own}>
          <input type="radio" name={label} checked={own === value} onChange={() => set(own)} />
          <span>{said}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Of which knowledge bases; the last one stays, or nothing would be asked. */
export function Chips({ bases, chosen, set, isFit = () => true }: { bases: BaseSummary[]; chosen: string[]; set: (chosen: string[]) => void; isFit?: (base: BaseSummary) => boolean }): JSX.Element {
  const w = words();
  return (
    <fieldset class="chips">
      <legend class="hidden">{w.hit.bases}</legend>
      {bases.map((base) => {
        const { name, title, error } = base;
        const isOn = chosen.includes(name);
        return (
          <label key={name} class={`chip${error ? " bad" : ""}`} title={error ? reasoned(error) : isFit(base) ? title : w.bases.empty}>
            <input
              type="checkbox" checked={isOn} disabled={!isFit(base) || (isOn && chosen.length === 1)}
              onChange={() => set(bases.map(({ name }) => name).filter((other) => chosen.includes(other) !== (other === name)))}
            />
            {name}
          </label>
        );
      })}
    </fieldset>
  );
}
