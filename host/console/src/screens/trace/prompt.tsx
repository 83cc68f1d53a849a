/** The prompt as the model got it: every message, each run of its text marked with where it is from. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ModelCall, Trace } from "../../api/types";
import { CopyButton } from "../../parts/copy";
import { score, size } from "../../parts/format";
import { LongText } from "../../parts/long";
import { Select } from "../../parts/choose";
import { Told } from "../../parts/told";
import { words } from "../../words";
import { Messages, messages, textOf } from "./messages";
import { TryTemplate } from "./try";

export function Prompt({ trace }: { trace: Trace }): JSX.Element {
  const w = words().prompt;
  const last = trace.model_calls.findLastIndex(({ purpose }) => purpose === "answer");
  const [chosen, choose] = useState(Math.max(0, last));
  const [isTrying, setTrying] = useState(false);
  const call = trace.model_calls[chosen];
  if (!call) return <section class="card"><p class="muted">{words().trace.noModel}</p></section>;
  const name = ({ purpose, model }: ModelCall, index: number) => (purpose === "follow_up" ? w.rewriting(model) : w.round(index + 1, model));
  return (
    <>
      {isTrying && <TryTemplate trace={trace} />}
      <section class="card prompt">
        <div class="head">
          <Select isSeen label={w.call} value={String(chosen)} options={trace.model_calls.map((call, index) => [String(index), name(call, index)])} set={(index) => choose(Number(index))} />
          <span class="muted small">
            {w.estimated(call.estimated_tokens, call.prompt_budget)}{call.tool_tokens > 0 && ` · ${w.tools(call.tool_tokens)}`}
          </span>
          <div class="buttons">
            <CopyButton label={w.copy} text={() => (messages(call) ?? []).map(({ content }) => textOf(content)).join("\n\n") || call.request_text} />
            <CopyButton label={w.curl} text={() => curl(call)} />
            <button type="button" aria-expanded={isTrying} onClick={() => setTrying(!isTrying)}>{words().template.title}</button>
          </div>
        </div>
        <Call call={call} />
      </section>
    </>
  );
}

function Call({ call }: { call: ModelCall }): JSX.Element {
  const w = words();
  const sent = messages(call);
  return (
    <>
      {sent ? <Messages call={call} /> : (
        <><p class="note warn">{w.prompt.cut(size(call.request_bytes))}</p><LongText text={call.request_text} code name="request.json" /></>
      )}
      {call.told_beside && <p class="note warn"><Told text={call.told_beside} /></p>}
      {call.passages.length > 0 && (
        <>
          <h3>{w.trace.passages}</h3>
          <ul class="packed">
            {call.passages.map((passage) => (
              <li key={passage.number}>
                <b>[{passage.number}] {passage.title}</b>{" "}
                <span class={`mark ${passage.whole ? "plain" : "warn"}`}>{passage.whole ? w.trace.whole : w.trace.partly}</span>{" "}
                <span class="muted small">{[passage.knowledge_base, passage.score !== null && score(passage.score), w.trace.tokensOf(passage.tokens)].filter(Boolean).join(" · ")}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>{w.trace.cuts}</h3>
      {call.cuts.length === 0 ? <p class="muted">{w.prompt.nothingCut}</p> : (
        <ul class="packed">
          {call.cuts.map(({ what, tokens, reason }, n) => (
            <li key={n}><b><Told text={what} /></b> <span class="mark warn">{w.trace.tokensOf(tokens)}</span> <Told class="muted small" text={reason} /></li>
          ))}
        </ul>
      )}
    </>
  );
}

/** The call once more, by hand; address and key are the operator's to fill in. */
function curl(call: ModelCall): string {
  const quoted = call.request_text.replaceAll("'", "'\\''");
  return `curl "$BASE_URL/chat/completions" -H "authorization: Bearer $API_KEY" -H 'content-type: application/json' --data-raw '${quoted}'`;
}
