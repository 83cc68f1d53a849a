/** What is evaluated: questions from a file, from the field, or from those put aside; of which bases, at which thresholds. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError, answered, path, post } from "../../api/call";
import type { Run, Understood } from "../../api/evaluation";
import type { BaseSummary } from "../../api/types";
import { place } from "../../frame/place";
import { asError, useAct } from "../../parts/act";
import { Chips } from "../../parts/choose";
import { Failed } from "../../parts/load";
import { Picker } from "../../parts/picker";
import { Told } from "../../parts/told";
import { words } from "../../words";

const PRECISIONS = [0.8, 0.9, 0.95, 0.99];
/** Most settings of one run. */
const VARIANTS = 4;
/** How long the typing rests before it is read. */
const REST = 500;

/** The host evaluates no base that is empty or cannot be opened. */
export function isAskable({ windows, error }: BaseSummary): boolean {
  return !error && windows !== 0;
}

export function Asking({ bases, started }: { bases: BaseSummary[]; started: (run: Run) => void }): JSX.Element {
  const w = words().bulk;
  const e = words().evaluations;
  const [text, setText] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [chosen, choose] = useState(bases.filter(isAskable).map(({ name }) => name));
  const [thresholds, setThresholds] = useState("");
  const [note, setNote] = useState("");
  const { isBusy, error, act } = useAct();
  const tried = numbers(thresholds);
  const questions = async () => ({ questions: file ? decoded(await file.arrayBuffer()) : text, file: file?.name ?? w.pasted, bases: chosen });
  const run = async () => {
    const variants = tried && tried.length > 0 ? [{ name: e.current }, ...tried.map((threshold) => ({ name: String(threshold), threshold }))].slice(0, VARIANTS) : undefined;
    started(await post<Run>("/v1/evaluations", { ...(await questions()), precision: PRECISIONS, ...(variants && { variants }), ...(note.trim() && { note: note.trim() }) }));
  };
  const isEmpty = !file && !text.trim();
  const [read, setRead] = useState<Understood | Error | null>(null);
  // What is typed is read when the typing has come to rest, a file at once.
  useEffect(() => {
    if (isEmpty) return setRead(null);
    const leaving = new AbortController();
    const timer = setTimeout(() => {
      questions().then((body) => post<Understood>("/v1/evaluations", { ...body, dry_run: true }, leaving.signal))
        .then(setRead, (error: unknown) => leaving.signal.aborted || setRead(asError(error)));
    }, file ? 0 : REST);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [text, file]);
  return (
    <form class="card asking" onSubmit={(event) => { event.preventDefault(); act(run); }}>
      <label class="field">
        {w.questions}
        <textarea
          data-search rows={file ? 1 : 5} disabled={file !== null} value={file ? file.name : text} placeholder={w.example} spellcheck={false}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Enter" && event.ctrlKey && !event.isComposing && event.currentTarget.form?.requestSubmit()}
        />
      </label>
      {read instanceof Error ? <><Failed error={read} /><Skipped lines={unread(read)} /></> : read && <Read read={read} />}
      <div class="line options">
        {file
          ? <button type="button" onClick={() => setFile(null)}>{w.otherFile}</button>
          : (
            <>
              <Picker label={w.file} many={false} picked={([file]) => setFile(file ?? null)} />
              <Collected picked={setFile} />
            </>
          )}
        <Chips bases={bases} chosen={chosen} set={choose} isFit={isAskable} />
        <button type="submit" class="primary" disabled={isBusy || tried === null || isEmpty}>{w.run}</button>
      </div>
      <details class="tried">
        <summary>{e.note} · {e.variants}</summary>
        <div class="line options">
          <label class="field"><span>{e.note}</span><input value={note} maxLength={200} placeholder={e.notePlaceholder} onInput={(event) => setNote(event.currentTarget.value)} /></label>
          <label class="field"><span>{e.variants}</span><input value={thresholds} placeholder={e.variantsHow} aria-invalid={tried === null} onInput={(event) => setThresholds(event.currentTarget.value)} /></label>
        </div>
      </details>
      {error && !(read instanceof Error) && <Failed error={error} />}
    </form>
  );
}

/** How the host reads the questions, before it asks them. */
function Read({ read: { questions, nothing_right, data, skipped, skipped_total } }: { read: Understood }): JSX.Element {
  const w = words().bulk;
  const rest = questions - data.length;
  return (
    <div class="understood" role="status">
      <p><b>{w.understood(questions)}</b> {nothing_right > 0 && <span class="muted small">{w.nothingRight(nothing_right)}</span>}</p>
      <ol class="small">
        {data.map(({ place, question, base, right }) => (
          <li key={place}>{question} <span class="muted">→ {[base, right.join(", ") || w.reasonNothing].filter(Boolean).join(" › ")}</span></li>
        ))}
      </ol>
      {rest > 0 && <p class="muted small">{w.moreQuestions(rest)}</p>}
      <Skipped lines={skipped} total={skipped_total} />
    </div>
  );
}

/** The lines because of which a file was refused. */
function unread(error: Error): string[] {
  const said = error instanceof ApiError ? (error.body as { error?: { skipped?: string[] } } | null) : null;
  return said?.error?.skipped ?? [];
}

/** Lines of a file that are no question, each with its reason. */
export function Skipped({ lines, total = lines.length }: { lines: string[]; total?: number }): JSX.Element | null {
  if (lines.length === 0) return null;
  return <details class="fold" open><summary><b>{words().bulk.skipped(total)}</b></summary><ul class="small">{lines.map((line) => <li key={line}><Told text={line} /></li>)}</ul></details>;
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
      setState(asError(error));
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
