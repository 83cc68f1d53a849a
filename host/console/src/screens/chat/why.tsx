/** Why an answer is as it is: where it came from, what every plugin of the app did, and what it rests on. */

import type { JSX } from "preact";
import type { PackedPassage, Passage, Trace } from "../../api/types";
import { address } from "../../frame/place";
import { writeFilter } from "../../parts/filter-rows";
import { count, duration, money, score } from "../../parts/format";
import { LongText, LongWords } from "../../parts/long";
import { Told } from "../../parts/told";
import { words } from "../../words";
import { Correct } from "../correct/correct";
import { ALONE } from "../hit/alone";
import { Searches } from "../trace/calls";
import { wholeSource } from "../trace/said";
import type { Exchange } from "./talk";

export const passageId = (number: number): string => `passage-${number}`;

/** What the answer could cite, under the numbers it could cite it by. */
export function cited(trace: Trace): PackedPassage[] {
  return trace.model_calls.findLast(({ purpose }) => purpose === "answer")?.passages ?? [];
}

export function Why({ exchange: { state, trace, id } }: { exchange: Exchange }): JSX.Element {
  const w = words();
  if (!trace) return <p class="muted">{state === "asking" ? w.chat.asking : id ? w.chat.waiting : w.chat.noTrace}</p>;
  const { by, question, text, reason } = trace.search;
  return (
    <>
      <dl class="pairs">
        <div><dt>{w.traces.by}</dt><dd><b>{wholeSource(trace)}</b></dd></div>
        {by !== "none" && <div><dt>{w.trace.asked}</dt><dd><LongWords text={question} /> → <b><LongWords text={text} /></b><p class="small muted">{w.trace.rewrittenBy[by]} · <Told text={reason} /></p></dd></div>}
        <div><dt>{w.trace.total}</dt><dd>{w.trace.firstText} {duration(trace.first_text_ms)} · {duration(trace.total_ms)}</dd></div>
        <div><dt>tokens</dt><dd>{trace.model_calls.length === 0 ? w.costs.noModel : `${count(trace.usage.prompt_tokens)} / ${count(trace.usage.completion_tokens)} · ${money(trace.cost)}`}</dd></div>
      </dl>
      {trace.error && <p class="note bad"><Told text={trace.error} /></p>}
      {trace.degraded.length > 0 && <p class="note warn">{w.trace.degraded}: {trace.degraded.join(", ")}</p>}
      <p class="buttons">
        <a href={address("traces", { id: trace.id })}>{w.chat.trace}</a>
        <HitTest trace={trace} />
        {trace.model_calls.length > 0 && <a href={address("traces", { id: trace.id, tab: "prompt" })}>{w.chat.prompt}</a>}
      </p>
      <h3>{w.correct.title}</h3>
      <Correct trace={trace} />
      <Plugins trace={trace} />
      <Sources trace={trace} />
    </>
  );
}

/** The search of this turn once more, as its plugin has asked for it, where it can be looked into. */
export function HitTest({ trace }: { trace: Trace }): JSX.Element | null {
  const searches = trace.calls.flatMap(({ report }) => report.searches);
  const search = searches.find(({ wordings }) => wordings) ?? searches[0];
  if (!search) return null;
  const { text, wordings, filters, top_k, threshold, context } = search;
  const bases = (search.asked_bases ?? search.bases.map(({ knowledge_base }) => knowledge_base)).join(",");
  const wishes = { k: top_k?.toString(), min: threshold?.toString(), f: writeFilter(filters), context: context === false ? ALONE : undefined };
  return <a href={address("hit", { q: text, bases, mode: "chat", ...wordings, ...wishes })}>{words().trace.toHit}</a>;
}

function Plugins({ trace }: { trace: Trace }): JSX.Element | null {
  const w = words();
  if (trace.routes.length === 0) return null;
  return (
    <>
      <h3>{w.chat.plugins}</h3>
      <ul class="routes">
        {trace.routes.map(({ plugin, verdict, reason }) => {
          const calls = trace.calls.filter((call) => call.plugin === plugin);
          return (
            <li key={plugin} data-plugin={plugin} data-verdict={verdict}>
              <b>{plugin}</b> <span class={`mark ${verdict === "skip" ? "plain" : "good"}`}>{w.trace.verdicts[verdict]}</span>
              <Told class="muted small" text={reason} />
              {calls.map(({ report, contribution, error }, n) => (
                <div key={n} class="took-part">
                  <span class="small">{duration(report.duration_ms)}{contribution && ` · ${contribution.kind === "passages" ? w.trace.hits(contribution.passages.length) : w.trace.kinds[contribution.kind]}`}</span>
                  {contribution?.kind === "nothing" && report.searches.length === 0 && <Told class="muted small" text={contribution.reason} />}
                  {error && <span class="note bad"><Told text={error} /></span>}
                  <Searches searches={report.searches} />
                </div>
              ))}
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Sources({ trace }: { trace: Trace }): JSX.Element {
  const w = words();
  const packed = cited(trace);
  const given = trace.calls.flatMap(({ contribution }) => (contribution?.kind === "passages" ? contribution.passages : []));
  const answer = trace.calls.find(({ plugin }) => plugin === trace.answered_by)?.contribution;
  // Without a model the answer is a plugin's own, or what it has found.
  const sources = answer?.kind === "answer" ? answer.sources : trace.model_calls.length === 0 ? given : [];
  if (sources.length > 0) {
    return <><h3>{w.chat.sources}</h3><ol class="sources-list">{sources.map((passage, n) => <li key={n}><Source passage={passage} text={passage.text} /></li>)}</ol></>;
  }
  return (
    <>
      <h3>{w.chat.passages}</h3>
      {packed.length === 0 ? <p class="muted">{w.chat.noPassages}</p> : (
        <ol class="sources-list">
          {packed.map((passage) => (
            <li key={passage.number} id={passageId(passage.number)} tabIndex={-1}>
              <Source passage={passage} text={textOf(passage, given)} number={passage.number} cut={!passage.whole} />
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

/** The trace keeps a passage's text once, where the plugin gave it. */
function textOf(packed: PackedPassage, given: Passage[]): string {
  const isIt = (passage: Passage) =>
    passage.title === packed.title && passage.score === packed.score && passage.knowledge_base === packed.knowledge_base && passage.section.join("\n") === packed.section.join("\n");
  return given.find(isIt)?.text ?? "";
}

interface SourceProps {
  passage: Omit<Passage, "text">;
  text: string;
  number?: number;
  cut?: boolean;
}

function Source({ passage, text, number, cut = false }: SourceProps): JSX.Element {
  const w = words();
  const path = [passage.title, ...passage.section.filter((heading) => heading !== passage.title)].join(" › ");
  return (
    <>
      <p>{number !== undefined && <b>[{number}] </b>}<b>{path}</b></p>
      <p class="small muted">
        {[passage.knowledge_base, passage.score !== null && score(passage.score)].filter(Boolean).join(" · ")}
        {cut && <> <span class="mark warn">{w.trace.partly}</span></>}
      </p>
      {text && <details class="original"><summary class="small">{w.chat.showText}</summary><LongText text={text} /></details>}
    </>
  );
}
