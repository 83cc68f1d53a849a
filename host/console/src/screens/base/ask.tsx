/** 试问: what of this document alone a question comes near to, the best first. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { post } from "../../api/call";
import type { Hit, SearchResults } from "../../api/types";
import { asError } from "../../parts/act";
import { score } from "../../parts/format";
import { Failed } from "../../parts/load";
import { words } from "../../words";

/** Most candidates that the host gives of a base: the document's are among them where it is near at all. */
const CANDIDATES = 500;
const SHOWN = 5;

export function AskDocument({ base, id }: { base: string; id: string }): JSX.Element {
  const w = words().bases;
  const [text, setText] = useState("");
  const [state, setState] = useState<"idle" | "asking" | Hit[] | Error>("idle");
  const ask = async () => {
    setState("asking");
    try {
      const { hits } = await post<SearchResults>("/v1/knowledge-bases/search", { query: text.trim(), knowledge_bases: [base], raw: true, top_k: CANDIDATES });
      setState(hits.filter(({ document }) => document === id).sort((a, b) => b.score - a.score).slice(0, SHOWN));
    } catch (error) {
      setState(asError(error));
    }
  };
  return (
    <form class="card ask-document" onSubmit={(event) => { event.preventDefault(); void ask(); }}>
      <div class="line">
        <label class="hidden" for="ask-document">{w.askDocument}</label>
        <input id="ask-document" data-search type="search" value={text} placeholder={w.askDocument} maxLength={1000} onInput={(event) => setText(event.currentTarget.value)} />
        <button type="submit" disabled={state === "asking" || !text.trim()}>{words().hit.run}</button>
      </div>
      <div role="status">
        {Array.isArray(state) && (state.length === 0 ? <p class="muted">{w.askedNothing}</p> : (
          <ol class="plainlist">
            {state.map((hit) => <li key={hit.id}><b>{score(hit.score)}</b> <span class="muted small">{hit.section.join(" › ")}</span> {hit.question ?? hit.text.slice(0, 80)}{!hit.question && hit.text.length > 80 && "…"}</li>)}
          </ol>
        ))}
      </div>
      {state instanceof Error && <Failed error={state} />}
    </form>
  );
}
