/** The messages of a prompt, each run of their text marked with where it is from. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ModelCall, PromptPart } from "../../api/types";
import { count, score } from "../../parts/format";
import { FOLDED, LongText, head } from "../../parts/long";
import { type Weight, plus, tokens, weightOf } from "../../parts/weight";
import { words } from "../../words";

interface Message {
  role: string;
  content: string | { type: string; text?: string }[] | null;
  tool_calls?: { function: { name: string; arguments: string } }[];
}

/** What is drawn of a call, or of one that a template would make. */
type Drawn = Pick<ModelCall, "request_text" | "parts" | "passages" | "prompt_budget">;

/** The messages with the sources of their text; nothing where they cannot be read. */
export function Messages({ call }: { call: Drawn }): JSX.Element | null {
  const w = words();
  const sent = messages(call);
  if (!sent) return null;
  return (
    <>
      {call.parts ? <Legend parts={call.parts} sent={sent} budget={call.prompt_budget} /> : <p class="note">{w.prompt.noParts}</p>}
      <ol class="messages">
        {sent.map((message, index) => <Said key={index} message={message} parts={call.parts?.filter((part) => part.message === index)} call={call} />)}
      </ol>
    </>
  );
}

/** The messages of a request; nothing where the trace has its beginning only. */
export function messages(call: Drawn): Message[] | null {
  try {
    const { messages } = JSON.parse(call.request_text) as { messages?: Message[] };
    return Array.isArray(messages) ? messages : null;
  } catch {
    return null;
  }
}

export function textOf(content: Message["content"]): string {
  if (typeof content === "string") return content;
  return (content ?? []).map(({ type, text }) => text ?? `[${type === "image_url" ? words().prompt.image : type}]`).join("");
}

function Said({ message, parts, call }: { message: Message; parts: PromptPart[] | undefined; call: Drawn }): JSX.Element {
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

function Runs({ text, parts, call }: { text: string; parts: PromptPart[]; call: Drawn }): JSX.Element {
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

function Run({ run, part, call }: { run: string; part: PromptPart; call: Drawn }): JSX.Element {
  const label = named(part);
  const passage = call.passages.find(({ number }) => number === part.number);
  const about = [label, part.plugin, part.knowledge_base, part.document ?? passage?.title, passage && passage.score !== null ? score(passage.score) : null];
  const [whole, setWhole] = useState(false);
  const isFolded = run.length > FOLDED && !whole;
  return (
    <>
      <span class={`run ${part.source}`} data-source={label} title={about.filter(Boolean).join(" · ")}>{isFolded ? `${head(run)}…` : run}</span>
      {run.length > FOLDED && <button type="button" class="unfold" aria-expanded={whole} onClick={() => setWhole(!whole)}>{whole ? words().states.fold : words().states.unfold(run.length)}</button>}
    </>
  );
}

function named({ source, number }: PromptPart): string {
  const w = words().prompt;
  const said = w.sources[source] ?? source;
  return number === undefined ? said : w.numbered(said, number);
}

interface LegendProps {
  parts: PromptPart[];
  sent: Message[];
  /** Tokens that the prompt may have. */
  budget: number | undefined;
}

/** How much of the prompt each source takes: in tokens, as the host estimates them, and in characters. */
function Legend({ parts, sent, budget }: LegendProps): JSX.Element {
  const w = words().prompt;
  const sources = new Map<string, { units: number; weight: Weight }>();
  const at = sent.map(() => 0);
  for (const { message, source, units } of parts) {
    const from = at[message] ?? 0;
    const run = textOf(sent[message]?.content ?? null).slice(from, from + units);
    at[message] = from + units;
    const old = sources.get(source) ?? { units: 0, weight: { wide: 0, narrow: 0 } };
    sources.set(source, { units: old.units + units, weight: plus(old.weight, weightOf(run)) });
  }
  const all = [...sources].map(([source, { units, weight }]) => ({ source, units, tokens: tokens(weight) }));
  const total = all.reduce((sum, { tokens }) => sum + tokens, 0);
  const room = Math.max(total, budget ?? 0) || 1;
  return (
    <div class="sources">
      <h3>{w.legend}</h3>
      <div class="share" aria-hidden="true">
        {all.map(({ source, tokens }) => <i key={source} class={`run ${source}`} style={{ width: `${(100 * tokens) / room}%` }} />)}
      </div>
      <ul class="legend">
        {all.map(({ source, units, tokens }) => (
          <li key={source} data-source={source}><i class={`run ${source}`} />{w.sources[source] ?? source} <b>{count(tokens)}</b> <span class="small">({w.characters(count(units))})</span></li>
        ))}
        <li>= <b>{count(total)}</b>{budget !== undefined && ` / ${count(budget)}`} tokens</li>
      </ul>
    </div>
  );
}
