/** The prompt as the model got it: every message, each run of its text marked with where it is from. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ModelCall, PromptPart, Trace } from "../../api/types";
import { CopyButton } from "../../parts/copy";
import { count, score, size } from "../../parts/format";
import { LongText } from "../../parts/long";
import { words } from "../../words";

interface Message {
  role: string;
  content: string | { type: string; text?: string }[] | null;
  tool_calls?: { function: { name: string; arguments: string } }[];
}

export function Prompt({ trace }: { trace: Trace }): JSX.Element {
  const w = words().prompt;
  const last = trace.model_calls.findLastIndex(({ purpose }) => purpose === "answer");
  const [chosen, choose] = useState(Math.max(0, last));
  const call = trace.model_calls[chosen];
  if (!call) return <section class="card"><p class="muted">{words().trace.noModel}</p></section>;
  const name = ({ purpose, model }: ModelCall, index: number) => (purpose === "follow_up" ? w.rewriting(model) : w.round(index + 1, model));
  return (
    <section class="card prompt">
      <div class="head">
        <label class="plain">
          <span>{w.call}</span>
          <select value={chosen} onChange={(event) => choose(Number(event.currentTarget.value))}>
            {trace.model_calls.map((call, index) => <option key={index} value={index}>{name(call, index)}</option>)}
          </select>
        </label>
        <span class="muted small">
          {w.estimated(call.estimated_tokens, call.prompt_budget)}{call.tool_tokens > 0 && ` · ${w.tools(call.tool_tokens)}`}
        </span>
        <div class="buttons">
          <CopyButton label={w.copy} text={() => (messages(call) ?? []).map(({ content }) => textOf(content)).join("\n\n") || call.request_text} />
          <CopyButton label={w.curl} text={() => curl(call)} />
        </div>
      </div>
      <Call call={call} />
    </section>
  );
}

function Call({ call }: { call: ModelCall }): JSX.Element {
  const w = words();
  const sent = messages(call);
  return (
    <>
      {call.parts && sent ? <Legend parts={call.parts} /> : sent && <p class="note">{w.prompt.noParts}</p>}
      {sent ? (
        <ol class="messages">
          {sent.map((message, index) => <Said key={index} message={message} parts={call.parts?.filter((part) => part.message === index)} call={call} />)}
        </ol>
      ) : (
        <><p class="note warn">{w.prompt.cut(size(call.request_bytes))}</p><LongText text={call.request_text} code name="request.json" /></>
      )}
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
            <li key={n}><b>{what}</b> <span class="mark warn">{w.trace.tokensOf(tokens)}</span> <span class="muted small">{reason}</span></li>
          ))}
        </ul>
      )}
    </>
  );
}

/** The messages of a request; nothing where the trace has its beginning only. */
function messages(call: ModelCall): Message[] | null {
  try {
    const { messages } = JSON.parse(call.request_text) as { messages?: Message[] };
    return Array.isArray(messages) ? messages : null;
  } catch {
    return null;
  }
}

function textOf(content: Message["content"]): string {
  if (typeof content === "string") return content;
  return (content ?? []).map(({ type, text }) => text ?? `[${type === "image_url" ? words().prompt.image : type}]`).join("");
}

function Said({ message, parts, call }: { message: Message; parts: PromptPart[] | undefined; call: ModelCall }): JSX.Element {
  const w = words().prompt;
  const text = textOf(message.content);
  const whole = parts?.reduce((units, part) => units + part.units, 0) === text.length;
  return (
    <li>
      <h3>{w.roles[message.role] ?? message.role} <span class="muted small">{count(text.length)}</span></h3>
      {parts && parts.length > 0 && whole ? <Runs text={text} parts={parts} call={call} /> : text && <LongText text={text} code />}
      {message.tool_calls?.map(({ function: { name, arguments: given } }, n) => (
        <p key={n}><span class="mark plain">{w.calls}</span> <code>{name}({given})</code></p>
      ))}
    </li>
  );
}

function Runs({ text, parts, call }: { text: string; parts: PromptPart[]; call: ModelCall }): JSX.Element {
  let at = 0;
  return (
    <div class="runs">
      {parts.map((part, index) => {
        const run = text.slice(at, (at += part.units));
        return <Run key={index} run={run} part={part} call={call} />;
      })}
    </div>
  );
}

function Run({ run, part, call }: { run: string; part: PromptPart; call: ModelCall }): JSX.Element {
  const label = named(part);
  const passage = call.passages.find(({ number }) => number === part.number);
  const about = [label, part.plugin, part.knowledge_base, part.document ?? passage?.title, passage && passage.score !== null ? score(passage.score) : null];
  return <span class={`run ${part.source}`} data-source={label} title={about.filter(Boolean).join(" · ")}>{run}</span>;
}

function named({ source, number }: PromptPart): string {
  const w = words().prompt;
  const said = w.sources[source] ?? source;
  return number === undefined ? said : w.numbered(said, number);
}

/** How long each source's part is, as text and as a bar. */
function Legend({ parts }: { parts: PromptPart[] }): JSX.Element {
  const w = words().prompt;
  const units = new Map<string, number>();
  for (const part of parts) units.set(part.source, (units.get(part.source) ?? 0) + part.units);
  const total = [...units.values()].reduce((sum, n) => sum + n, 0);
  return (
    <div class="sources">
      <h3>{w.legend}</h3>
      <div class="share" aria-hidden="true">
        {[...units].map(([source, n]) => <i key={source} class={`run ${source}`} style={{ width: `${(100 * n) / total}%` }} />)}
      </div>
      <ul class="legend">
        {[...units].map(([source, n]) => <li key={source}><i class={`run ${source}`} />{w.sources[source] ?? source} {count(n)}</li>)}
        <li>= {count(total)}</li>
      </ul>
    </div>
  );
}

/** The call once more, by hand; address and key are the operator's to fill in. */
function curl(call: ModelCall): string {
  const quoted = call.request_text.replaceAll("'", "'\\''");
  return `curl "$BASE_URL/chat/completions" -H "authorization: Bearer $API_KEY" -H 'content-type: application/json' --data-raw '${quoted}'`;
}
