/** What is asked: the question, the bases, how many, and whether as in chat. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { BaseSummary } from "../../api/types";
import { words } from "../../words";
import { tried } from "./history";

export interface Asked {
  q: string;
  bases: string | undefined;
  mode: string | undefined;
  k: string | undefined;
  /** Thresholds that were tried for another question stay. */
  [name: string]: string | undefined;
}

export interface AskingProps {
  bases: BaseSummary[];
  chosen: string[];
  question: string;
  mode: string;
  k: string;
  ask: (asked: Asked) => void;
}

export function Asking({ bases, chosen, question, mode, k, ask }: AskingProps): JSX.Element {
  const w = words().hit;
  const [text, setText] = useState(question);
  const send = (change: Partial<Asked> = {}) => ask({
    q: text.trim(), bases: chosen.length === bases.length ? undefined : chosen.join(","),
    mode: mode === "chat" ? mode : undefined, k: k || undefined, ...change,
  });
  const toggle = (name: string, isOn: boolean) => {
    const next = bases.map((base) => base.name).filter((base) => (base === name ? isOn : chosen.includes(base)));
    if (next.length > 0) send({ bases: next.length === bases.length ? undefined : next.join(",") });
  };
  return (
    <form class="card asking" onSubmit={(event) => { event.preventDefault(); send(); }}>
      <div class="line">
        <label class="hidden" for="hit-question">{w.question}</label>
        <input
          id="hit-question" data-search type="search" value={text} placeholder={w.placeholder} maxLength={1000}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit" class="primary" disabled={!text.trim()}>{w.run}</button>
      </div>
      <div class="line options">
        <fieldset class="chips">
          <legend class="hidden">{w.bases}</legend>
          {bases.map(({ name, title, error }) => (
            <label key={name} class={`chip${error ? " bad" : ""}`} title={error ?? title}>
              <input type="checkbox" checked={chosen.includes(name)} onChange={(event) => toggle(name, event.currentTarget.checked)} />
              {name}
            </label>
          ))}
        </fieldset>
        <label class="plain">
          <span class="muted">{w.topK}</span>
          <input class="short" type="number" min={1} max={100} value={k} placeholder={mode === "chat" ? w.own : "100"} onChange={(event) => send({ k: event.currentTarget.value || undefined })} />
        </label>
        <fieldset class="switch">
          <legend class="hidden">{w.mode}</legend>
          {(["all", "chat"] as const).map((name) => (
            <label key={name}>
              <input type="radio" name="mode" checked={(mode === "chat") === (name === "chat")} onChange={() => send({ mode: name === "chat" ? name : undefined })} />
              <span>{w.modes[name]}</span>
            </label>
          ))}
        </fieldset>
      </div>
      {tried.value.length > 0 && (
        <details class="tried">
          <summary>{w.tried}</summary>
          <ul>{tried.value.map((old) => <li key={old}><button type="button" onClick={() => { setText(old); send({ q: old }); }}>{old}</button></li>)}</ul>
        </details>
      )}
    </form>
  );
}
