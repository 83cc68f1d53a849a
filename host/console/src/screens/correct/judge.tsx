/** 加入评测集: the question with whether the answer was right and which document is, for the bulk test. */

import type { JSX, TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import { post } from "../../api/call";
import type { Trace } from "../../api/types";
import { address } from "../../frame/place";
import { useAct } from "../../parts/act";
import { score } from "../../parts/format";
import { Failed, Shown, useLoad } from "../../parts/load";
import { words } from "../../words";
import { ratingOf } from "./rating";
import { type Candidate, candidates } from "./where";

/** As in a file of questions: no document is right, and nothing should be found. */
const NONE = "-";

export function Judge({ trace }: { trace: Trace }): JSX.Element {
  const found = useLoad((signal) => candidates(trace, signal), [trace.id]);
  return <Shown of={found} rows={4}>{(found) => <Form key={trace.id} trace={trace} found={found} />}</Shown>;
}

function Form({ trace, found }: { trace: Trace; found: Candidate[] }): JSX.Element {
  const w = words().correct;
  const [verdict, setVerdict] = useState<"right" | "wrong">(() => (ratingOf(trace.id, trace.feedback)?.rating === "down" ? "wrong" : "right"));
  const [question, setQuestion] = useState(trace.search.text || trace.question);
  const [chosen, choose] = useState(0);
  const [isSaved, setSaved] = useState(false);
  const { isBusy: isSaving, error, act } = useAct();
  const save = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setSaved(false);
    const right = found[chosen];
    const place = right ? { base: right.base, document: right.document } : { document: NONE };
    const body = { question: question.trim(), verdict, ...place, trace: trace.id, app: trace.app };
    act(() => post("/v1/evaluation-questions", body).then(() => setSaved(true)));
  };
  return (
    <form class="correcting" aria-label={w.judge} onSubmit={save}>
      <fieldset class="choices">
        <legend>{w.verdict}</legend>
        {(["right", "wrong"] as const).map((name) => (
          <label key={name} class="check"><input type="radio" name="verdict" checked={verdict === name} onChange={() => setVerdict(name)} /> {w.verdicts[name]}</label>
        ))}
      </fieldset>
      <label class="field">{words().chat.question}<input value={question} required maxLength={500} onInput={(event) => setQuestion(event.currentTarget.value)} /></label>
      <fieldset class="choices column">
        <legend>{w.rightDocument}</legend>
        {found.map(({ base, document, title, score: reached }, index) => (
          <label key={`${base} ${document}`} class="check"><input type="radio" name="document" checked={chosen === index} onChange={() => choose(index)} /> <span>{base} › <b>{title}</b> <span class="muted small">{title !== document && document} {score(reached)}</span></span></label>
        ))}
        <label class="check"><input type="radio" name="document" checked={chosen >= found.length} onChange={() => choose(found.length)} /> <span>{w.noDocument}</span></label>
      </fieldset>
      <div class="buttons"><button type="submit" class="primary" disabled={isSaving || !question.trim()}>{isSaving ? w.saving : w.add}</button></div>
      <div role="status">{isSaved && <p class="note good">{w.added} <a href={address("bulk", { set: trace.app })}>{words().frame.screens["bulk"]}</a></p>}</div>
      {error && <Failed error={error} />}
    </form>
  );
}
