/** What is evaluated: questions from a file, from the field, or from those put aside; of which bases, at which thresholds. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { answered, path, post } from "../../api/call";
import type { Run } from "../../api/evaluation";
import type { BaseSummary } from "../../api/types";
import { place } from "../../frame/place";
import { Failed } from "../../parts/load";
import { Picker } from "../../parts/picker";
import { words } from "../../words";

const PRECISIONS = [0.8, 0.9, 0.95, 0.99];
/** Most settings of one run. */
const VARIANTS = 4;

/** The host evaluates no base that is empty or cannot be opened. */
export function isAskable({ windows, error }: BaseSummary): boolean {
  return !error && windows !== 0;
}

export function Asking({ bases, started }: { bases: BaseSummary[]; started: (run: Run) => void }): JSX.Element {
  const w = words().bulk;
  const e = words().evaluations;
  const names = bases.filter(isAskable).map(({ name }) => name);
  const [text, setText] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [chosen, choose] = useState(names);
  const [thresholds, setThresholds] = useState("");
  const [note, setNote] = useState("");
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const tried = numbers(thresholds);
  const run = async () => {
    setAsking(true);
    setError(null);
    try {
      const questions = file ? decoded(await file.arrayBuffer()) : text;
      const variants = tried && tried.length > 0 ? [{ name: e.current }, ...tried.map((threshold) => ({ name: String(threshold), threshold }))].slice(0, VARIANTS) : undefined;
      started(await post<Run>("/v1/evaluations", {
        questions, file: file?.name ?? w.pasted, bases: chosen, precision: PRECISIONS, ...(variants && { variants }), ...(note.trim() && { note: note.trim() }),
      }));
    } catch (error) {
      setError(error instanceof Error ? error : new Error(String(error)));
    } finally {
      setAsking(false);
    }
  };
  return (
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
                onChange={(event) => choose(names.filter((other) => (other === name ? event.currentTarget.checked : chosen.includes(other))))}
              />
              {name}
            </label>
          ))}
        </fieldset>
        <button type="submit" class="primary" disabled={isAsking || tried === null || (!file && !text.trim())}>{w.run}</button>
      </div>
      <details class="tried">
        <summary>{e.note} · {e.variants}</summary>
        <div class="line options">
          <label class="field"><span>{e.note}</span><input value={note} maxLength={200} placeholder={e.notePlaceholder} onInput={(event) => setNote(event.currentTarget.value)} /></label>
          <label class="field"><span>{e.variants}</span><input value={thresholds} placeholder={e.variantsHow} aria-invalid={tried === null} onInput={(event) => setThresholds(event.currentTarget.value)} /></label>
        </div>
      </details>
      {error && <Failed error={error} />}
    </form>
  );
}

/** Thresholds with commas between; nothing where one of them is none. */
function numbers(text: string): number[] | null {
  const parts = text.split(/[,，、\s]+/).filter(Boolean).map(Number);
  return parts.every((number) => number >= 0 && number <= 1) && parts.length < VARIANTS ? parts : null;
}

/** A file's text: UTF-8, or what spreadsheets write in China. */
function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
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
