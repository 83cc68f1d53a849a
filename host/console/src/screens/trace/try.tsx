/** 改模板再试: another template for what this turn had found. Nothing is written until the difference was seen. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { get, post, segment } from "../../api/call";
import type { Trace } from "../../api/types";
import { type AppInfo, type Rendered, type TriedAnswer, othersOf, placeOf } from "../../api/upkeep";
import { asError } from "../../parts/act";
import { count, duration, money } from "../../parts/format";
import { Failed, Shown, useLoad } from "../../parts/load";
import { LongText } from "../../parts/long";
import { Problems } from "../../parts/problems";
import { Proposal } from "../../parts/proposal";
import { Told } from "../../parts/told";
import { words } from "../../words";
import { reasoned } from "../../words/facts";
import { Messages } from "./messages";

/** How long the typing rests before the prompt is made anew. */
const REST = 400;

export function TryTemplate({ trace }: { trace: Trace }): JSX.Element {
  const w = words().template;
  const path = `/v1/apps/${segment(trace.app)}`;
  const app = useLoad((signal) => get<AppInfo>(path, signal), [path]);
  return (
    <section class="card try-template" aria-labelledby="template-title">
      <h2 id="template-title">{w.title}</h2>
      <p class="muted small">{w.how}</p>
      <Shown of={app}>
        {(now) => typeof now.prompt?.text === "string"
          ? <Editor prompt={now.prompt} text={now.prompt.text} trace={trace} path={path} written={app.reload} />
          : <p class="note">{w.none}</p>}
      </Shown>
    </section>
  );
}

interface EditorProps {
  prompt: NonNullable<AppInfo["prompt"]>;
  text: string;
  trace: Trace;
  path: string;
  written: () => void;
}

function Editor({ prompt, text, trace, path, written }: EditorProps): JSX.Element {
  const w = words().template;
  const [template, setTemplate] = useState(text);
  const [rendered, setRendered] = useState<Rendered | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const leaving = new AbortController();
    const timer = setTimeout(() => {
      post<Rendered>(`${path}/prompt`, { trace: trace.id, template }, leaving.signal).then(
        (rendered) => { setRendered(rendered); setError(null); },
        (error: unknown) => { if (!leaving.signal.aborted) setError(asError(error)); },
      );
    }, rendered === null ? 0 : REST);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [template]);
  const place = placeOf(error);
  const isChanged = template !== text;
  return (
    <>
      <div class="two">
        <div class="pane">
          <label class="field">
            {w.template} {prompt.path && <code class="id">{prompt.path}</code>}
            <textarea ref={area} class="code" rows={16} spellcheck={false} value={template} aria-invalid={error !== null} onInput={(event) => setTemplate(event.currentTarget.value)} />
          </label>
          {prompt.variables && prompt.variables.length > 0 && <p class="small muted">{w.variables} {prompt.variables.map((name) => <code key={name}>{name} </code>)}</p>}
          {error && (
            <div role="status">
              <Failed error={error} />
              {place && <button type="button" onClick={() => moveTo(area.current, place)}>{w.jump(place.line, place.column)}</button>}
              <Problems problems={othersOf(error)} jump={(line) => moveTo(area.current, { line, column: 1 })} />
            </div>
          )}
        </div>
        <div class="pane">
          {rendered && (
            <>
              <p class={error ? "note warn" : "small muted"} role="status">{error ? w.before : words().prompt.estimated(rendered.estimated_tokens, undefined)}</p>
              <Messages call={{ ...rendered, passages: trace.model_calls.findLast(({ purpose }) => purpose === "answer")?.passages ?? [] }} />
              {rendered.cuts.length > 0 && <p class="note warn">{words().trace.cuts}: {rendered.cuts.map(({ what }) => reasoned(what)).join("；")}</p>}
            </>
          )}
        </div>
      </div>
      <Ask key={template} path={path} trace={trace} template={template} disabled={error !== null} />
      <div class="buttons">
        <Proposal
          label={w.write} disabled={!isChanged || error !== null} applied={written}
          wishes={isChanged ? [{ path, body: { prompt: template } }] : []}
        />
        {isChanged && <button type="button" onClick={() => setTemplate(text)}>{w.reset}</button>}
      </div>
    </>
  );
}

interface AskProps {
  path: string;
  trace: Trace;
  template: string;
  disabled: boolean;
}

/** What the app's model answers to this template's prompt, beside what was answered in the turn. It is asked for: it costs. */
function Ask({ path, trace, template, disabled }: AskProps): JSX.Element {
  const w = words().template;
  const [state, setState] = useState<"idle" | "asking" | TriedAnswer | Error>("idle");
  const asking = useRef<AbortController>(undefined);
  useEffect(() => () => asking.current?.abort(), []);
  const ask = async () => {
    const mine = (asking.current = new AbortController());
    setState("asking");
    try {
      const { answer } = await post<Rendered>(`${path}/prompt`, { trace: trace.id, template, ask: true }, mine.signal);
      setState(answer ?? new Error(w.noAnswer));
    } catch (error) {
      if (!mine.signal.aborted) setState(asError(error));
    }
  };
  return (
    <>
      <div class="buttons">
        <button type="button" disabled={disabled || state === "asking"} onClick={() => void ask()}>{state === "asking" ? w.asking : w.ask}</button>
        {state === "asking" && <button type="button" onClick={() => { asking.current?.abort(); setState("idle"); }}>{words().bases.cancel}</button>}
      </div>
      {state instanceof Error && <Failed error={state} />}
      {typeof state === "object" && !(state instanceof Error) && (
        <div class="two" role="status">
          <div class="pane"><h3>{w.was}</h3><LongText text={trace.answer || trace.refusal || "–"} /></div>
          <div class="pane tried-answer">
            <h3>{w.now} <span class="small">{[state.model, duration(state.total_ms), state.usage && `${count(state.usage.prompt_tokens)} / ${count(state.usage.completion_tokens)} tokens`, state.cost !== null && money(state.cost)].filter(Boolean).join(" · ")}</span></h3>
            {state.error && <p class="note bad"><Told text={state.error} /></p>}
            <LongText text={state.text || "–"} />
          </div>
        </div>
      )}
    </>
  );
}

/** Puts the caret where an error is; columns count characters from 1. */
function moveTo(area: HTMLTextAreaElement | null, { line, column }: { line: number; column: number }): void {
  if (!area) return;
  const lines = area.value.split("\n");
  const before = lines.slice(0, line - 1).reduce((units, text) => units + text.length + 1, 0);
  const at = before + [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
  area.focus();
  area.setSelectionRange(at, Math.min(at + 1, area.value.length));
}
