/** One question and what was answered. */

import type { JSX } from "preact";
import { CopyButton } from "../../parts/copy";
import { Failed } from "../../parts/load";
import { LongText } from "../../parts/long";
import { Markdown } from "../../parts/markdown";
import { duration, money } from "../../parts/format";
import { words } from "../../words";
import { wholeSource } from "../trace/said";
import type { Exchange } from "./talk";
import { cited, passageId } from "./why";

export interface SaidProps {
  exchange: Exchange;
  /** Whether the explanation beside is of this answer. */
  isShown: boolean;
  explain: () => void;
  /** Asks once more, where that can be done. */
  retry?: (() => void) | undefined;
}

export function Said({ exchange, isShown, explain, retry }: SaidProps): JSX.Element {
  const w = words().chat;
  const { trace, state, answer } = exchange;
  const numbers = new Set(trace ? cited(trace).map(({ number }) => number) : []);
  const cite = (number: number) => numbers.has(number) && (
    <>
      <button type="button" class="cite" aria-label={w.cite(number)} onClick={() => { explain(); focusPassage(number); }}>[{number}]</button>
      {/* No line begins with the full stop behind it. */}
      {"\u2060"}
    </>
  );
  return (
    <article class={`exchange${isShown ? " shown-why" : ""}`}>
      <div class="asked"><span class="hidden">{w.you}: </span><LongText text={exchange.question} /></div>
      <div class="answered" data-state={state}>
        {exchange.reasoning && <details class="fold" open={!answer}><summary>{w.thinking}</summary><LongText text={exchange.reasoning} /></details>}
        {answer && <Markdown text={answer} cite={cite} />}
        {state === "asking" && !answer && <p class="muted waiting">{w.asking}</p>}
        {state === "stopped" && <p class="muted">{w.stopped}</p>}
        {exchange.error && <Failed error={exchange.error} retry={retry} />}
        {state === "failed" && trace && trace.calls.some(({ contribution }) => contribution?.kind === "passages") && <p class="note">{w.modelDown}</p>}
        {state !== "asking" && (
          <div class="foot">
            {trace && <span class="muted small">{wholeSource(trace)} · {duration(trace.first_text_ms)} / {duration(trace.total_ms)}{trace.cost ? ` · ${money(trace.cost)}` : ""}</span>}
            <button type="button" class="quiet" aria-pressed={isShown} onClick={explain}>{w.whyButton}</button>
            {answer && <CopyButton label={w.copy} text={() => answer} />}
          </div>
        )}
      </div>
    </article>
  );
}

/** After the explanation has been drawn. */
function focusPassage(number: number): void {
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const passage = document.getElementById(passageId(number));
    passage?.focus();
    passage?.scrollIntoView({ block: "nearest" });
  }));
}
