/** 逐题: every question of a run with how it came out; compared with another run, those that have changed. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { get } from "../../api/call";
import type { Judged, Outcome, Report } from "../../api/evaluation";
import type { Page } from "../../api/types";
import { address } from "../../frame/place";
import { count, score } from "../../parts/format";
import { Failed, Shown, useLoad } from "../../parts/load";
import { useMore } from "../../parts/more";
import { Select } from "../../parts/choose";
import { words } from "../../words";

const PAGE = 50;
const VERDICTS = ["", "missed", "wrongly_found", "right", "rightly_empty"] as const;
const COMPARED = ["changed", "better", "worse"] as const;

export interface Questions {
  /** Where they are, with the variant and what they are compared with. */
  url: string;
  isCompared: boolean;
}

export function QuestionList({ url, isCompared, report }: Questions & { report: Report }): JSX.Element {
  const w = words().evaluations;
  const [verdict, setVerdict] = useState<string>(isCompared ? "changed" : "missed");
  const query = `${url}&limit=${PAGE}${verdict && `&verdict=${verdict}`}`;
  const first = useLoad((signal) => get<Page<Judged>>(query, signal), [query]);
  return (
    <section class="card" aria-label={w.perQuestion}>
      <div class="head">
        <h2>{w.perQuestion}{first.data?.total !== undefined && <span class="muted"> {count(first.data.total)}</span>}</h2>
        <Select label={w.verdict} value={verdict} options={[...(isCompared ? COMPARED : []), ...VERDICTS].map((name) => [name, w.verdicts[name] ?? name])} set={setVerdict} />
      </div>
      <Shown of={first}>
        {(page) => page.data.length === 0 ? <p class="muted">{w.noQuestions}</p> : <All key={query} page={page} query={query} report={report} />}
      </Shown>
    </section>
  );
}

function All({ page, query, report }: { page: Page<Judged>; query: string; report: Report }): JSX.Element {
  const { all, isWhole, error, more } = useMore(page, (next) => get<Page<Judged>>(`${query}&after=${next}`));
  return (
    <>
      <ol class="misses">{all.map((one) => <One key={one.number} one={one} report={report} />)}</ol>
      {error && <Failed error={error} />}
      {!isWhole && <div class="buttons"><button type="button" onClick={more}>{words().hit.rest((page.total ?? all.length) - all.length)}</button></div>}
    </>
  );
}

function One({ one, report }: { one: Judged; report: Report }): JSX.Element {
  const w = words().bulk;
  const e = words().evaluations;
  return (
    <li data-verdict={one.verdict}>
      <p><b>{one.question}</b> <span class="muted small">{w.place(one.place)}</span></p>
      <p class="small">
        <span class={`mark ${isWell(one) ? "good" : "warn"}`}>{came(one, report)}</span>
        {one.before && <> <span class="muted">{e.was}</span> <span class={`mark ${isWell(one.before) ? "good" : "warn"}`}>{came(one.before, report)}</span></>}
        {one.right.length > 0 && <> {w.rightIs} <span class="id">{one.right.join(", ")}</span></>}
      </p>
      {!isWell(one) && one.came && <p class="small muted">{w.came} {one.came.knowledge_base} › {one.came.title} <b>{score(one.came.score)}</b> {one.came.text}</p>}
      <a class="small" href={address("hit", { q: one.question })}>{w.openHit}</a>
    </li>
  );
}

function isWell({ verdict }: Outcome): boolean {
  return verdict === "right" || verdict === "rightly_empty";
}

/** How it came out, and why where it went wrong: nothing is right, the right one came too low, or did not come at all. */
function came({ verdict, right_rank, right_score }: Outcome, report: Report): string {
  const w = words().bulk;
  const e = words().evaluations;
  if (verdict === "right") return right_rank === null ? (e.verdicts["right"] ?? verdict) : e.rank(right_rank);
  if (verdict !== "missed") return e.verdicts[verdict] ?? verdict;
  if (right_rank === null) return w.reasonAbsent;
  const least = Math.min(...report.bases.map(({ threshold }) => threshold));
  if (right_score !== null && right_score < least) return w.reasonThreshold(score(right_score));
  return w.reasonRank(right_rank);
}
