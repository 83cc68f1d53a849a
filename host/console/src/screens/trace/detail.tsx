/** One turn: what was asked and answered, why, how long each step took, and the prompt. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { ApiError, get } from "../../api/call";
import type { Trace } from "../../api/types";
import { address, adjust, place } from "../../frame/place";
import { CopyButton } from "../../parts/copy";
import { count, duration, money } from "../../parts/format";
import { Empty, Shown, useLoad } from "../../parts/load";
import { LongText, LongWords, download, head } from "../../parts/long";
import { Tabs } from "../../parts/tabs";
import { Told } from "../../parts/told";
import { When } from "../../parts/when";
import { words } from "../../words";
import { HitTest } from "../chat/why";
import { Correct } from "../correct/correct";
import { CallDetails } from "./calls";
import { Prompt } from "./prompt";
import { wholeSource } from "./said";
import { Waterfall } from "./waterfall";

const TABS = ["fall", "prompt", "json"] as const;
/** Characters of a question that are a heading; the whole of it stands below, where it says what was searched for. */
const HEADING = 200;

export function TraceDetail({ id }: { id: string }): JSX.Element {
  const w = words();
  const trace = useLoad((signal) => get<Trace>(`/v1/traces/${encodeURIComponent(id)}`, signal), [id]);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      // Whoever types does not leave by it.
      const isTyping = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
      if (event.key === "Escape" && !event.defaultPrevented && !isTyping && !document.querySelector("dialog[open], details.lamp[open]")) back();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
  const isGone = trace.error instanceof ApiError && trace.error.status === 404;
  return (
    <div class="screen">
      <div class="head">
        <a class="back" href={address("traces")} onClick={(event) => { event.preventDefault(); back(); }}>← {w.traces.back}</a>
        <code class="id muted">{id}</code>
        <CopyButton text={() => id} />
        {trace.data && <HitTest trace={trace.data} />}
      </div>
      {isGone
        ? <Empty title={w.traces.pruned(id)}><p>{w.traces.prunedHow}</p></Empty>
        : <Shown of={trace} rows={10}>{(trace) => <Whole trace={trace} />}</Shown>}
    </div>
  );
}

/** Back to the list as it was, or to a fresh one where a link led here. */
function back(): void {
  if (history.state === null && history.length > 1) history.back();
  else location.hash = address("traces");
}

function Whole({ trace }: { trace: Trace }): JSX.Element {
  const w = words().trace;
  const tab = TABS.find((name) => name === place.value.parameters["tab"]) ?? "fall";
  return (
    <>
      <h1 class="question">{trace.question.length > HEADING ? `${head(trace.question, HEADING)}…` : trace.question || words().traces.noQuestion}</h1>
      <Facts trace={trace} />
      <Tabs names={TABS} chosen={tab} said={(tab) => w.tabs[tab] ?? tab} choose={(tab) => adjust({ tab })}>
        {tab === "fall" && <Fall trace={trace} />}
        {tab === "prompt" && <Prompt trace={trace} />}
        {tab === "json" && <Json trace={trace} />}
      </Tabs>
    </>
  );
}

function Facts({ trace }: { trace: Trace }): JSX.Element {
  const w = words().trace;
  const t = words().traces;
  const facts: [string, ComponentChildren][] = [
    [t.time, <When at={trace.created} />],
    [t.app, trace.app],
    [t.by, wholeSource(trace)],
    [w.finish, w.finishes[trace.finish_reason] ?? trace.finish_reason],
    [w.firstText, duration(trace.first_text_ms)],
    [w.total, duration(trace.total_ms)],
    [w.tokens, `${count(trace.usage.prompt_tokens)} / ${count(trace.usage.completion_tokens)}`],
    [w.cost, money(trace.cost)],
  ];
  if (trace.conversation && trace.conversation !== trace.id) facts.push([w.conversation, <a class="id" href={address("traces", { conversation: trace.conversation })} title={w.sameConversation}>{trace.conversation}</a>]);
  return (
    <>
      <dl class="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      {trace.error && <div class="failed"><p><Told text={trace.error} /></p></div>}
      {trace.degraded.length > 0 && <p class="note warn">{w.degraded}: {trace.degraded.join(", ")}</p>}
      {trace.items_cut && <p class="note warn">{w.items(trace.items_cut)}</p>}
    </>
  );
}

function Fall({ trace }: { trace: Trace }): JSX.Element {
  const w = words().trace;
  return (
    <>
      <Waterfall trace={trace} />
      <section class="card">
        <h2>{w.answer}</h2>
        {trace.answer && <LongText text={trace.answer} name={`${trace.id}.txt`} />}
        {trace.refusal && <><h3>{w.refusal}</h3><LongText text={trace.refusal} /></>}
        {!trace.answer && !trace.refusal && <p class="muted">–</p>}
      </section>
      <section class="card"><h2>{words().correct.title}</h2><Correct trace={trace} /></section>
      <Why trace={trace} />
      <CallDetails trace={trace} />
    </>
  );
}

/** Routes and what was searched for: every plugin of the app with its reason. */
export function Why({ trace }: { trace: Trace }): JSX.Element {
  const w = words().trace;
  const { by, text, beside, reason } = trace.search;
  const variables = Object.entries(trace.variables);
  return (
    <section class="card">
      <h2>{w.why}</h2>
      <dl class="pairs">
        <div>
          <dt>{w.asked}</dt>
          <dd>
            {by !== "none" && <><LongWords text={trace.search.question} /> → </>}<b><LongWords text={text} /></b> <span class="mark plain">{w.rewrittenBy[by] ?? by}</span>
            {beside && <p class="small">+ <LongWords text={beside} /></p>}
            {reason && <p class="small muted"><Told text={reason} /></p>}
          </dd>
        </div>
        {variables.length > 0 && <div><dt>{w.variables}</dt><dd>{variables.map(([name, value]) => <p key={name}><code>{name}</code> = <LongWords text={value} /></p>)}</dd></div>}
        {trace.ignored_fields.length > 0 && <div><dt>{w.ignored}</dt><dd>{trace.ignored_fields.join(", ")}</dd></div>}
      </dl>
      {trace.routes.length > 0 && (
        <ul class="routes">
          {trace.routes.map(({ plugin, verdict, reason }) => (
            <li key={plugin} data-verdict={verdict}>
              <b>{plugin}</b> <span class={`mark ${verdict === "skip" ? "plain" : "good"}`}>{w.verdicts[verdict]}</span> <Told class="muted" text={reason} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Json({ trace }: { trace: Trace }): JSX.Element {
  const text = JSON.stringify(trace, null, 2);
  return (
    <section class="card">
      <div class="buttons">
        <CopyButton text={() => text} />
        <button type="button" onClick={() => download(text, `${trace.id}.json`)}>{words().states.saveAs("JSON")}</button>
      </div>
      <LongText text={text} name={`${trace.id}.json`} code />
    </section>
  );
}
