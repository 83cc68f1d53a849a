/** 批量评测: a file of questions with what is right, and what each threshold makes of them. */

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { answered, get, path } from "../api/call";
import type { Report } from "../api/evaluation";
import type { BaseSummary, List } from "../api/types";
import { address, place } from "../frame/place";
import { duration } from "../parts/format";
import { Empty, Failed, Shown, useLoad } from "../parts/load";
import { NoBases } from "../parts/no-bases";
import { Picker } from "../parts/picker";
import { words } from "../words";
import { Result } from "./bulk/result";

/** Misses that are asked for. */
const MISSES = 200;
const PRECISIONS = "0.8,0.9,0.95,0.99";

/** The last two runs, as long as the page lives: to be compared. */
const runs = signal<readonly { at: number; report: Report }[]>([]);

export function Bulk(): JSX.Element {
  const w = words().bulk;
  const bases = useLoad((signal) => get<List<BaseSummary>>("/v1/knowledge-bases", signal), []);
  return (
    <div class="screen bulk">
      <div class="head"><h1>{w.title}</h1></div>
      <Shown of={bases} rows={4}>
        {({ data }) => data.length === 0
          ? <NoBases />
          : data.some(isAskable) ? <Evaluate bases={data} />
          : <Empty title={words().bases.empty}><p><a href={address("bases")}>{words().hit.importFirst}</a></p></Empty>}
      </Shown>
    </div>
  );
}

/** The host evaluates no base that is empty or cannot be opened. */
function isAskable({ windows, error }: BaseSummary): boolean {
  return !error && windows !== 0;
}

function Evaluate({ bases }: { bases: BaseSummary[] }): JSX.Element {
  const w = words().bulk;
  const names = bases.filter(isAskable).map(({ name }) => name);
  const [text, setText] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [chosen, setChosen] = useState(names);
  const [running, setRunning] = useState<AbortController | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [last, before] = runs.value;
  const run = async () => {
    const mine = new AbortController();
    setRunning(mine);
    setError(null);
    const url = path("/v1/knowledge-bases/evaluate", { file: file?.name ?? w.pasted, bases: chosen.join(","), precision: PRECISIONS, misses: MISSES });
    try {
      const body: Blob = file ?? new Blob([text], { type: "application/octet-stream" });
      // As bytes of no type: a file of questions is no form.
      const response = await answered(url, { method: "POST", body: await body.arrayBuffer(), headers: { "content-type": "application/octet-stream" }, signal: mine.signal });
      const report = (await response.json()) as Report;
      runs.value = [{ at: Date.now(), report }, ...runs.value].slice(0, 2);
    } catch (error) {
      if (!mine.signal.aborted) setError(error instanceof Error ? error : new Error(String(error)));
    } finally {
      setRunning(null);
    }
  };
  return (
    <>
      <form class="card asking" onSubmit={(event) => { event.preventDefault(); void run(); }}>
        <label class="field">
          {w.questions}
          <textarea
            data-search rows={file ? 1 : 5} disabled={file !== null} value={file ? file.name : text} placeholder={w.example} spellcheck={false}
            onInput={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => event.key === "Enter" && event.ctrlKey && !event.isComposing && event.currentTarget.form?.requestSubmit()}
          />
        </label>
        <div class="line options">
          {file
            ? <button type="button" onClick={() => setFile(null)}>{w.otherFile}</button>
            : (
              <>
                <Picker label={w.file} many={false} picked={([file]) => setFile(file ?? null)} />
                <Collected picked={setFile} />
              </>
            )}
          <fieldset class="chips">
            <legend class="hidden">{words().hit.bases}</legend>
            {bases.map(({ name, title, error }) => (
              <label key={name} class={`chip${error ? " bad" : ""}`} title={error ?? (names.includes(name) ? title : words().bases.empty)}>
                <input
                  type="checkbox" checked={chosen.includes(name)} disabled={!names.includes(name) || (chosen.length === 1 && chosen.includes(name))}
                  onChange={(event) => setChosen(names.filter((other) => (other === name ? event.currentTarget.checked : chosen.includes(other))))}
                />
                {name}
              </label>
            ))}
          </fieldset>
          {running
            ? <button type="button" onClick={() => running.abort()}>{words().bases.cancel}</button>
            : <button type="submit" class="primary" disabled={!file && !text.trim()}>{w.run}</button>}
        </div>
        {running && <Clock />}
      </form>
      {error && <Failed error={error} />}
      {last ? <Result key={last.at} report={last.report} before={before?.report ?? null} /> : !error && !running && <Empty title={w.empty}><p>{w.emptyHow}</p></Empty>}
    </>
  );
}

/** The questions that were put aside from turns, of all apps or of the one that the address names. */
function Collected({ picked }: { picked: (file: File) => void }): JSX.Element {
  const w = words().bulk;
  const [state, setState] = useState<"idle" | "none" | Error>("idle");
  const app = place.value.parameters["set"];
  const load = async () => {
    try {
      const lines = await (await answered(path("/v1/evaluation-questions", { app }))).text();
      if (!lines.trim()) return setState("none");
      setState("idle");
      picked(new File([lines], "evaluation-questions.jsonl"));
    } catch (error) {
      setState(error instanceof Error ? error : new Error(String(error)));
    }
  };
  // Whoever comes from a turn wants these.
  useEffect(() => {
    if (app) void load();
  }, []);
  return (
    <>
      <button type="button" onClick={() => void load()}>{w.collected}</button>
      <span role="status">{state === "none" ? <span class="muted small">{w.noneCollected}</span> : state instanceof Error && <Failed error={state} />}</span>
    </>
  );
}

/** The host answers when all is done; until then only the time is known. */
function Clock(): JSX.Element {
  const [began] = useState(Date.now);
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, []);
  return <div class="progress" role="status"><progress aria-label={words().bulk.running} /><span>{words().bulk.running} {duration(Date.now() - began)}</span></div>;
}
