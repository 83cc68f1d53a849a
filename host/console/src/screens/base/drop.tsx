/** Where files are dropped: anywhere on the page. They are looked at before they are sent, and sent with progress. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, path } from "../../api/call";
import type { DocumentInfo, Job, Page } from "../../api/types";
import { count, size } from "../../parts/format";
import { Failed } from "../../parts/load";
import { words } from "../../words";
import { Picker } from "../../parts/picker";
import { PreviewFiles } from "./preview";
import { type Named, droppedFiles, upload } from "./upload";

/** Files of which each is asked for before it is sent; of more it is only said that they may replace others. */
const ASKED_FOR = 50;
/** Files that are named before they are sent. */
const SHOWN = 8;

/** Names of files that the host reads, and of archives; a test of the host holds them against its own. */
const READ = /\.(txt|text|md|markdown|html|htm|xhtml|csv|tsv|jsonl|pdf|docx|docm|dotx|dotm|xlsx|xlsm|xltx|xltm|pptx|pptm|ppsx|ppsm|potx|potm|epub|eml|mht|mhtml|qa\.json|zip|tar|tar\.gz|tgz)$/i;

interface Chosen {
  files: Named[];
  /** Names of files of which a later one has the same. */
  doubled: string[];
  /** Names of files that the host cannot read. */
  unread: string[];
  /** Ids that are there already; `null` where there are too many files to ask. */
  replaced: string[] | null;
}

export function DropZone({ base, accepted }: { base: string; accepted: () => void }): JSX.Element {
  const w = words().bases;
  const [isOver, setOver] = useState(false);
  const [chosen, choose] = useState<Chosen | null>(null);
  const [sent, setSent] = useState<{ done: number; total: number } | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const sending = useRef<AbortController | null>(null);
  const look = async (files: Named[]) => {
    setError(null);
    if (files.length === 0) return;
    const names = files.map(({ name }) => name);
    const replaced = files.length > ASKED_FOR ? null : await known(base, names).catch(() => null);
    const last = new Map(names.map((name, index) => [name, index]));
    choose({ files, replaced, doubled: names.filter((name, index) => last.get(name) !== index), unread: names.filter((name) => !READ.test(name)) });
  };
  useEffect(() => {
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const over = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const drop = (event: DragEvent) => {
      setOver(false);
      if (!holdsFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      void droppedFiles(event.dataTransfer).then(look);
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
      sending.current?.abort();
    };
  }, [base]);
  const send = async () => {
    if (!chosen) return;
    const mine = (sending.current = new AbortController());
    setSent({ done: 0, total: bytesOf(chosen.files) });
    try {
      await upload<Job>(`/v1/knowledge-bases/${encodeURIComponent(base)}/imports`, chosen.files, (done, total) => setSent({ done, total }), mine.signal);
      choose(null);
      accepted();
    } catch (error) {
      if (!mine.signal.aborted) setError(error instanceof Error ? error : new ApiError(0, "upload", String(error)));
    } finally {
      setSent(null);
    }
  };
  return (
    <section class={`card drop${isOver ? " over" : ""}`} aria-label={w.import}>
      <div class="head">
        <p>{w.dropHere} <span class="muted small">{w.formats}</span></p>
        <Picker label={w.chooseFiles} picked={(files) => void look(files.map((file) => ({ name: file.webkitRelativePath || file.name, file })))} />
        <Picker label={w.chooseFolder} folder picked={(files) => void look(files.map((file) => ({ name: file.webkitRelativePath || file.name, file })))} />
      </div>
      {chosen && (
        <div class="chosen">
          <p role="status">
            <b>{w.chosen(chosen.files.length, size(bytesOf(chosen.files)))}</b>{" "}
            {chosen.replaced === null ? w.mayReplace : chosen.replaced.length > 0 ? <span class="mark warn">{w.replaces(chosen.replaced.length)}</span> : w.replacesNone}{" "}
            {chosen.doubled.length > 0 && <span class="mark warn">{w.doubled(chosen.doubled.length)}</span>}{" "}
            {chosen.unread.length > 0 && <span class="mark bad">{w.unread(chosen.unread.length)}</span>}
          </p>
          <ul class="small muted">
            {chosen.files.slice(0, SHOWN).map(({ name, file }, index) => (
              <li key={index}>
                {name} <span>{size(file.size)}</span> {chosen.replaced?.includes(name) && <span class="mark warn">{w.replaced}</span>}{" "}
                {chosen.doubled.includes(name) && <span class="mark warn">{w.sameName}</span>} {chosen.unread.includes(name) && <span class="mark bad">{w.unreadableOne}</span>}
              </li>
            ))}
            {chosen.files.length > SHOWN && <li>{w.andMore(chosen.files.length - SHOWN)}</li>}
          </ul>
          {sent ? (
            <div class="progress">
              <progress value={sent.done} max={sent.total || 1} aria-label={w.sending} />
              <span>{w.sent(size(sent.done), size(sent.total))}</span>
              <button type="button" onClick={() => sending.current?.abort()}>{w.cancel}</button>
            </div>
          ) : (
            <div class="buttons">
              <button type="button" class="primary" onClick={() => void send()}>{w.send(count(chosen.files.length))}</button>
              <button type="button" onClick={() => choose(null)}>{w.drop}</button>
            </div>
          )}
          {!sent && <PreviewFiles key={chosen.files.map(({ name }) => name).join("\n")} base={base} files={chosen.files} />}
        </div>
      )}
      {error && <Failed error={error} />}
    </section>
  );
}

function bytesOf(files: Named[]): number {
  return files.reduce((sum, { file }) => sum + file.size, 0);
}

/** Which of these ids the base has. */
async function known(base: string, ids: string[]): Promise<string[]> {
  const different = [...new Set(ids)];
  const found = await Promise.all(different.map(async (id) => {
    const { data } = await get<Page<DocumentInfo>>(path(`/v1/knowledge-bases/${encodeURIComponent(base)}/documents`, { q: id, limit: 100 }));
    return data.some((document) => document.id === id);
  }));
  return different.filter((_, index) => found[index]);
}
