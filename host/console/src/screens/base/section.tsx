/** A section as it was cut, with the windows that are matched in it; it can be changed and switched off. */

import type { ComponentChildren, JSX, TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import { patch } from "../../api/call";
import type { Section } from "../../api/types";
import { useAct } from "../../parts/act";
import { Failed } from "../../parts/load";
import { words } from "../../words";

export interface OneProps {
  section: Section;
  /** Where it is changed; absent where it is only looked at. */
  url?: string;
  changed?: (section: Section) => void;
  /** Called when it begins to be edited, and when that has ended. */
  editing?: (isEdited: boolean) => void;
}

export function One({ section, url, changed, editing }: OneProps): JSX.Element {
  const w = words().bases;
  const [isEdited, set] = useState(false);
  const setEdited = (isEdited: boolean) => {
    set(isEdited);
    editing?.(isEdited);
  };
  const { isBusy: isSaving, error, act } = useAct();
  const send = (change: Partial<Section>) => url !== undefined && act(async () => {
    const section = await patch<Section>(url, change);
    setEdited(false);
    changed?.(section);
  });
  return (
    <div class={`card${section.off ? " stale" : ""}`} data-section={section.id}>
      <div class="head small muted">
        <span>
          {section.id + 1}{section.section.length > 0 && ` · ${section.section.join(" › ")}`} · {w.windowCount(section.windows.length)}
          {section.off && <> <span class="mark warn">{w.switchedOff}</span></>}
        </span>
        {url !== undefined && (
          <span class="acts">
            <button type="button" class="quiet" aria-expanded={isEdited} aria-label={w.editIt(section.id + 1)} onClick={() => setEdited(!isEdited)}>{w.edit}</button>
            <button type="button" class="quiet" disabled={isSaving} aria-label={section.off ? w.onIt(section.id + 1) : w.offIt(section.id + 1)} onClick={() => send({ off: !section.off })}>{section.off ? w.switchOn : w.switchOff}</button>
          </span>
        )}
      </div>
      {isEdited ? <Edit section={section} isSaving={isSaving} save={send} cancel={() => setEdited(false)} /> : <Text section={section} />}
      {error && <Failed error={error} />}
    </div>
  );
}

function Text({ section }: { section: Section }): JSX.Element {
  if (section.kind !== "question") return <p class="text">{windowed(section)}</p>;
  return (
    <>
      <p><b>{words().hit.q} {section.question}</b></p>
      {section.variants && section.variants.length > 0 && <ul class="small">{section.variants.map((variant) => <li key={variant}>{variant}</li>)}</ul>}
      <p class="text">{words().hit.a} {section.answer}</p>
    </>
  );
}

interface EditProps {
  section: Section;
  isSaving: boolean;
  /** Only what is other than before is sent. */
  save: (change: Partial<Section>) => void;
  cancel: () => void;
}

function Edit({ section, isSaving, save, cancel }: EditProps): JSX.Element {
  const w = words();
  const [text, setText] = useState(section.text);
  const [question, setQuestion] = useState(section.question ?? "");
  const [variants, setVariants] = useState((section.variants ?? []).join("\n"));
  const [answer, setAnswer] = useState(section.answer ?? "");
  const isQuestion = section.kind === "question";
  const lines = variants.split("\n").map((line) => line.trim()).filter(Boolean);
  const change: Partial<Section> = isQuestion
    ? {
      ...(question.trim() !== section.question && { question: question.trim() }),
      ...(lines.join("\n") !== (section.variants ?? []).join("\n") && { variants: lines }),
      ...(answer !== section.answer && { answer }),
    }
    : { ...(text !== section.text && { text }) };
  const isEmpty = isQuestion ? !question.trim() || !answer.trim() : !text.trim();
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (Object.keys(change).length === 0) cancel();
    else save(change);
  };
  return (
    <form class="correcting" onSubmit={submit} onKeyDown={(event) => { if (event.key === "Escape" && !event.isComposing) { event.preventDefault(); cancel(); } }}>
      {isQuestion ? (
        <>
          <label class="field">{w.chat.question}<input value={question} required onInput={(event) => setQuestion(event.currentTarget.value)} /></label>
          <label class="field">{w.correct.variants}<textarea rows={Math.min(8, lines.length + 1)} value={variants} placeholder={w.correct.variantsHow} onInput={(event) => setVariants(event.currentTarget.value)} /></label>
          <label class="field">{w.correct.answer}<textarea rows={6} value={answer} required onInput={(event) => setAnswer(event.currentTarget.value)} /></label>
        </>
      ) : <label class="field">{w.bases.text}<textarea rows={Math.min(16, 3 + text.split("\n").length)} value={text} required onInput={(event) => setText(event.currentTarget.value)} /></label>}
      <div class="buttons">
        <button type="submit" class="primary" disabled={isSaving || isEmpty}>{isSaving ? w.correct.saving : w.correct.save}</button>
        <button type="button" onClick={cancel}>{w.key.cancel}</button>
      </div>
    </form>
  );
}

/** The text with its windows underlined by turns; where two overlap, both lines are there. */
function windowed({ text, windows }: Section): ComponentChildren {
  const w = words().bases;
  // The host counts characters, not UTF-16 units.
  const characters = [...text];
  const ends = [...new Set([0, characters.length, ...windows.flat()])].filter((end) => end <= characters.length).sort((a, b) => a - b);
  return ends.slice(0, -1).map((from, index) => {
    const part = characters.slice(from, ends[index + 1]).join("");
    const inside = windows.flatMap(([start, end], n) => (start <= from && from < end ? [n] : []));
    if (inside.length === 0) return part;
    const kind = inside.length > 1 ? "both" : (inside[0] ?? 0) % 2 === 0 ? "even" : "odd";
    return <span key={from} class={`window ${kind}`} title={inside.map((n) => w.windowOf(n + 1, (windows[n]?.[1] ?? 0) - (windows[n]?.[0] ?? 0))).join("\n")}>{part}</span>;
  });
}
