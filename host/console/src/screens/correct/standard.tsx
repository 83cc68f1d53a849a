/** 设为标准答案: the question with its right answer goes into a base, and is asked again at once. */

import type { JSX, TargetedSubmitEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { post, segment } from "../../api/call";
import type { BaseSummary, Trace } from "../../api/types";
import type { Stored } from "../../api/upkeep";
import { keep, kept } from "../../frame/kept";
import { address } from "../../frame/place";
import { useAct } from "../../parts/act";
import { score } from "../../parts/format";
import { Failed, Shown, useLoad } from "../../parts/load";
import { Told } from "../../parts/told";
import { words } from "../../words";
import { basesFor, likeliest, wasAnswered, withoutCitations } from "./where";

/** The base that was chosen last, on this browser. */
const KEPT = "answers-base";

export function Standard({ trace }: { trace: Trace }): JSX.Element {
  const w = words().correct;
  const bases = useLoad((signal) => basesFor(trace, signal), [trace.id]);
  return (
    <Shown of={bases} rows={4}>
      {(bases) => bases.length === 0
        ? <p class="note">{words().hit.noBasesHow} <a href={address("config")}>{words().frame.screens["config"]}</a></p>
        : <Form key={trace.id} trace={trace} bases={bases} label={w.standard} />}
    </Shown>
  );
}

function Form({ trace, bases, label }: { trace: Trace; bases: BaseSummary[]; label: string }): JSX.Element {
  const w = words().correct;
  const { question: asked, text: searched } = trace.search;
  const [base, setBase] = useState(() => likeliest(bases, kept("local", KEPT)));
  const [question, setQuestion] = useState(searched || trace.question);
  const [variants, setVariants] = useState(asked && asked !== searched ? asked : "");
  const [answer, setAnswer] = useState(() => (wasAnswered(trace) ? withoutCitations(trace.answer) : ""));
  const [stored, setStored] = useState<(Stored & { base: string }) | null>(null);
  const { isBusy: isSaving, error, act } = useAct();
  // Below a form of this height nobody sees what came of it.
  const told = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (stored || error) told.current?.scrollIntoView({ block: "nearest" });
  }, [stored, error]);
  const save = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    keep("local", KEPT, base);
    const body = { question: question.trim(), variants: variants.split("\n").map((line) => line.trim()).filter(Boolean), answer, app: trace.app, trace: trace.id };
    act(() => post<Stored>(`/v1/knowledge-bases/${segment(base)}/questions`, body).then((stored) => setStored({ ...stored, base })));
  };
  return (
    <form class="correcting" aria-label={label} onSubmit={save}>
      <label class="field">
        {w.into}
        <select value={base} onChange={(event) => setBase(event.currentTarget.value)}>
          {bases.map(({ name, title }) => <option key={name} value={name}>{title === name ? name : `${title}（${name}）`}</option>)}
        </select>
      </label>
      <label class="field">{words().chat.question}<input value={question} required maxLength={500} onInput={(event) => setQuestion(event.currentTarget.value)} /></label>
      <label class="field">{w.variants}<textarea rows={2} value={variants} placeholder={w.variantsHow} onInput={(event) => setVariants(event.currentTarget.value)} /></label>
      <label class="field">{w.answer}<textarea rows={5} value={answer} required onInput={(event) => setAnswer(event.currentTarget.value)} /></label>
      <div class="buttons"><button type="submit" class="primary" disabled={isSaving || !question.trim() || !answer.trim()}>{isSaving ? w.saving : w.store}</button></div>
      <div role="status" ref={told}>
        {stored && (
          <div class={`note ${stored.fires ? "good" : "warn"}`}>
            <p>{stored.fires ? w.fires(score(stored.same), score(stored.threshold)) : w.firesNot(score(stored.same), score(stored.threshold))}</p>
            {stored.reason && !stored.fires && <p><Told text={stored.reason} /></p>}
            <p class="buttons">
              <a href={address("chat", { app: trace.app, q: question })}>{w.askAgain}</a>
              <a href={address("bases", { base: stored.base, document: stored.document })}>{w.showStored}</a>
              {!stored.fires && <a href={address("hit", { q: question, bases: stored.base })}>{words().bulk.openHit}</a>}
            </p>
          </div>
        )}
      </div>
      {error && <Failed error={error} />}
    </form>
  );
}
