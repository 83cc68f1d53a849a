/** 改模板再试: another template for what this turn had found. Nothing is written until the difference was seen. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { get, post, segment } from "../../api/call";
import type { Trace } from "../../api/types";
import { type AppInfo, type Rendered, placeOf } from "../../api/upkeep";
import { Failed, Shown, useLoad } from "../../parts/load";
import { Proposal } from "../../parts/proposal";
import { words } from "../../words";
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
        (error: unknown) => { if (!leaving.signal.aborted) setError(error instanceof Error ? error : new Error(String(error))); },
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
            </div>
          )}
        </div>
        <div class="pane">
          {rendered && (
            <>
              <p class={error ? "note warn" : "small muted"} role="status">{error ? w.before : words().prompt.estimated(rendered.estimated_tokens, undefined)}</p>
              <Messages call={{ ...rendered, passages: trace.model_calls.findLast(({ purpose }) => purpose === "answer")?.passages ?? [] }} />
              {rendered.cuts.length > 0 && <p class="note warn">{words().trace.cuts}: {rendered.cuts.map(({ what }) => what).join("; ")}</p>}
            </>
          )}
        </div>
      </div>
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

/** Puts the caret where an error is; columns count characters from 1. */
function moveTo(area: HTMLTextAreaElement | null, { line, column }: { line: number; column: number }): void {
  if (!area) return;
  const lines = area.value.split("\n");
  const before = lines.slice(0, line - 1).reduce((units, text) => units + text.length + 1, 0);
  const at = before + [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
  area.focus();
  area.setSelectionRange(at, Math.min(at + 1, area.value.length));
}
