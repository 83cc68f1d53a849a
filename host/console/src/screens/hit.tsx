/** 命中测试: what each base has for a question, and what a threshold lets in; the sliders ask nobody. */

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { get, post } from "../api/call";
import type { BaseSummary, List, SearchResults } from "../api/types";
import { address, adjust, place, step } from "../frame/place";
import { duration } from "../parts/format";
import { Empty, Shown, useLoad } from "../parts/load";
import { readFilter } from "../parts/filter-rows";
import { LongWords } from "../parts/long";
import { NoBases } from "../parts/no-bases";
import { words } from "../words";
import { ALONE } from "./hit/alone";
import { Asking } from "./hit/asking";
import { Hits } from "./hit/hits";
import { remember } from "./hit/history";
import { Sliders } from "./hit/sliders";
import { type Thresholds, ownThresholds, readThresholds, writeThresholds } from "./hit/thresholds";

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
  const { q = "", bases: named, mode, k, f, min, context, asked, joined } = place.value.parameters;
  const weights = Object.fromEntries(bases.map(({ name, weight = 1 }) => [name, weight]));
  const wordings = asked && joined ? { asked, joined } : undefined;
  const chosen = named ? named.split(",") : bases.map(({ name }) => name);
  const query = {
    query: q, wordings, knowledge_bases: chosen, ...(f && { filters: readFilter(f) ?? undefined }),
    ...(mode === "chat"
      ? { ...(k && { top_k: Number(k) }), ...(min && { threshold: Number(min) }), ...(context === ALONE && { context: false }) }
      : { raw: true, top_k: k ? Number(k) : CANDIDATES }),
  };
  return (
    <>
      <Asking
        bases={bases} chosen={chosen} asked={{ q, bases: named, mode, k, f, min }}
        ask={(parameters) => {
          remember(parameters.q);
          step({ ...parameters, context: undefined, asked: undefined, joined: undefined });
        }}
      />
      {wordings && <p class="small muted">{words().trace.wordings.asked} 「<LongWords text={wordings.asked} />」 {words().trace.wordings.joined} 「<LongWords text={wordings.joined} />」</p>}
      {mode === "chat" && context === ALONE && <p class="small muted">{w.alone}</p>}
      {q ? <Found key={JSON.stringify(query)} query={query} weights={weights} isChat={mode === "chat"} isFiltered={readFilter(f) !== null} /> : (
        <Empty title={w.empty}><p>{w.emptyHow}</p>{bases.every(({ documents }) => documents === 0) && <p><a href={address("bases")}>{w.importFirst}</a></p>}</Empty>
      )}
    </>
  );
}

interface FoundProps {
  query: object;
  weights: Record<string, number>;
  isChat: boolean;
  isFiltered: boolean;
}

function Found({ query, weights, isChat, isFiltered }: FoundProps): JSX.Element {
  const w = words().hit;
  const results = useLoad((signal) => post<SearchResults>("/v1/knowledge-bases/search", query, signal), [JSON.stringify(query)]);
  return (
    <Shown of={results}>
      {(found) => (
        <>
          <p class="muted small" role="status">
            {w.times(duration(found.times.embed_ms), duration(found.times.search_ms), duration(found.times.total_ms))}
          </p>
          {isChat ? <AsInChat found={found} weights={weights} isFiltered={isFiltered} /> : <Candidates found={found} weights={weights} isFiltered={isFiltered} written={results.reload} />}
        </>
      )}
    </Shown>
  );
}

interface Of {
  found: SearchResults;
  weights: Record<string, number>;
  isFiltered: boolean;
}

/** The hits as chat has them: grown, joined, and cut by the host. All of them are in, whatever the threshold of the best. */
function AsInChat({ found, weights, isFiltered }: Of): JSX.Element {
  const own = useMemo(() => ownThresholds(found.reports), [found]);
  return (
    <>
      <Sliders found={found} thresholds={own} />
      <Hits hits={found.hits} reports={found.reports} thresholds={own} weights={weights} isFiltered={isFiltered} all />
    </>
  );
}

function Candidates({ found, weights, isFiltered, written }: Of & { written: () => void }): JSX.Element {
  const own = useMemo(() => ownThresholds(found.reports), [found]);
  const { t } = place.value.parameters;
  const [thresholds, set] = useState<Thresholds>(() => readThresholds(t, own));
  const said = useRef(t);
  // The address follows when the slider has come to rest; browsers do not take hundreds of changes.
  useEffect(() => {
    const timer = setTimeout(() => adjust({ t: (said.current = writeThresholds(thresholds, own)) }), 300);
    return () => clearTimeout(timer);
  }, [thresholds]);
  // And the sliders follow an address that is not theirs, as of a link that was pasted.
  useEffect(() => {
    if (t === said.current) return;
    said.current = t;
    set(readThresholds(t, own));
  }, [t]);
  return (
    <>
      <Sliders found={found} thresholds={thresholds} set={set} own={own} written={written} />
      <Hits hits={found.hits} reports={found.reports} thresholds={thresholds} weights={weights} isFiltered={isFiltered} />
    </>
  );
}
