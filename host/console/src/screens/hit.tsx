/** 命中测试: what each base has for a question, and what a threshold lets in; the sliders ask nobody. */

import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { get, post } from "../api/call";
import type { BaseSummary, List, SearchResults } from "../api/types";
import { address, adjust, place } from "../frame/place";
import { duration } from "../parts/format";
import { Empty, Shown, useLoad } from "../parts/load";
import { NoBases } from "../parts/no-bases";
import { words } from "../words";
import { Asking } from "./hit/asking";
import { Hits } from "./hit/hits";
import { remember } from "./hit/history";
import { Sliders } from "./hit/sliders";
import { type Thresholds, readThresholds, writeThresholds } from "./hit/thresholds";

/** Candidates of each base. */
const CANDIDATES = 100;

export function HitTest(): JSX.Element {
  const w = words().hit;
  const bases = useLoad((signal) => get<List<BaseSummary>>("/v1/knowledge-bases", signal), []);
  return (
    <div class="screen hit">
      <div class="head"><h1>{w.title}</h1></div>
      <Shown of={bases}>
        {({ data }) => data.length === 0 ? <NoBases /> : <Test bases={data} />}
      </Shown>
    </div>
  );
}

function Test({ bases }: { bases: BaseSummary[] }): JSX.Element {
  const w = words().hit;
  const { q = "", bases: named, mode = "all", k, asked, joined } = place.value.parameters;
  const wordings = asked && joined ? { asked, joined } : undefined;
  const chosen = named ? named.split(",") : bases.map(({ name }) => name);
  return (
    <>
      <Asking
        bases={bases} chosen={chosen} question={q} mode={mode} k={k ?? ""}
        ask={(parameters) => {
          remember(parameters.q);
          adjust({ ...parameters, asked: undefined, joined: undefined });
        }}
      />
      {wordings && <p class="small muted">+ {wordings.asked} + {wordings.joined}</p>}
      {q ? <Found key={`${q}\n${joined}\n${named}\n${mode}\n${k}`} question={q} wordings={wordings} bases={chosen} isChat={mode === "chat"} k={k} /> : (
        <Empty title={w.empty}><p>{w.emptyHow}</p>{bases.every(({ documents }) => documents === 0) && <p><a href={address("bases")}>{w.importFirst}</a></p>}</Empty>
      )}
    </>
  );
}

interface FoundProps {
  question: string;
  wordings: { asked: string; joined: string } | undefined;
  bases: string[];
  isChat: boolean;
  k: string | undefined;
}

function Found({ question, wordings, bases, isChat, k }: FoundProps): JSX.Element {
  const w = words().hit;
  const query = isChat
    ? { query: question, wordings, knowledge_bases: bases, ...(k && { top_k: Number(k) }) }
    : { query: question, wordings, knowledge_bases: bases, raw: true, top_k: k ? Number(k) : CANDIDATES };
  const results = useLoad((signal) => post<SearchResults>("/v1/knowledge-bases/search", query, signal), [JSON.stringify(query)]);
  return (
    <Shown of={results}>
      {(found) => (
        <>
          <p class="muted small" role="status">
            {w.times(duration(found.times.embed_ms), duration(found.times.search_ms), duration(found.times.total_ms))}
          </p>
          {isChat ? <AsInChat found={found} /> : <Candidates found={found} written={results.reload} />}
        </>
      )}
    </Shown>
  );
}

/** The hits as chat has them: grown, joined, cut at the bases' own thresholds. */
function AsInChat({ found }: { found: SearchResults }): JSX.Element {
  return (
    <>
      <Sliders found={found} thresholds={own(found)} />
      <Hits hits={found.hits} reports={found.reports} thresholds={own(found)} />
    </>
  );
}

function Candidates({ found, written }: { found: SearchResults; written: () => void }): JSX.Element {
  const ownThresholds = useMemo(() => own(found), [found]);
  const [thresholds, set] = useState<Thresholds>(() => readThresholds(place.value.parameters["t"], ownThresholds));
  // The address follows when the slider has come to rest; browsers do not take hundreds of changes.
  useEffect(() => {
    const timer = setTimeout(() => adjust({ t: writeThresholds(thresholds, ownThresholds) }), 300);
    return () => clearTimeout(timer);
  }, [thresholds]);
  return (
    <>
      <Sliders found={found} thresholds={thresholds} set={set} own={ownThresholds} written={written} />
      <Hits hits={found.hits} reports={found.reports} thresholds={thresholds} />
    </>
  );
}

function own(found: SearchResults): Thresholds {
  return Object.fromEntries(found.reports.map(({ knowledge_base, threshold }) => [knowledge_base, threshold]));
}
