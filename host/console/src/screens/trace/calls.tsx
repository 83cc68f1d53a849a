/** What each plugin call did: searches, requests, denials with the line that mends them, log and result. */

import type { JSX } from "preact";
import type { BaseReport, CallReport, Contribution, HttpReport, Passage, PluginCall, SearchReport, Trace } from "../../api/types";
import { CopyButton } from "../../parts/copy";
import { duration, lack, score, size } from "../../parts/format";
import { LongText, LongWords } from "../../parts/long";
import { Told } from "../../parts/told";
import { words } from "../../words";

export function CallDetails({ trace }: { trace: Trace }): JSX.Element | null {
  const w = words().trace;
  if (trace.calls.length === 0) return null;
  return (
    <section class="card">
      <h2>{w.details}</h2>
      {trace.calls.map((call, index) => <Call key={index} call={call} open={call.error !== null || trace.calls.length === 1} />)}
    </section>
  );
}

function Call({ call, open }: { call: PluginCall; open: boolean }): JSX.Element {
  const w = words().trace;
  const { report, contribution } = call;
  return (
    <details class="fold" open={open}>
      <summary>
        <b>{call.plugin}</b>
        <span class={`mark ${call.error ? "bad" : "plain"}`}>{call.error ? w.error : contribution ? brief(contribution) : "–"}</span>
        <span class="muted small">{duration(report.duration_ms)} · {w.memory} {size(report.peak_memory)}</span>
      </summary>
      {call.error && <div class="failed"><p><Told text={call.error} /></p></div>}
      <Denials report={report} />
      {call.arguments && <><h3>{w.arguments}</h3><LongText text={call.arguments} code /></>}
      <Searches searches={report.searches} />
      <Requests http={report.http} />
      <Logs logs={report.logs} dropped={report.logs_dropped} />
      {contribution && <><h3>{w.contribution}: {w.kinds[contribution.kind]}</h3><Result of={contribution} /></>}
    </details>
  );
}

function brief(contribution: Contribution): string {
  const w = words().trace;
  return contribution.kind === "passages" ? w.hits(contribution.passages.length) : (w.kinds[contribution.kind] ?? contribution.kind);
}

function tone(level: string): string {
  return level === "error" ? "bad" : level === "warn" ? "warn" : "plain";
}

/** The host's own words hold the line to add, in backquotes. */
function Denials({ report }: { report: CallReport }): JSX.Element | null {
  const w = words().trace;
  const denied = report.http.filter(({ denied }) => denied !== null);
  if (denied.length === 0) return null;
  return (
    <div class="failed">
      <h3>{w.denied}</h3>
      {denied.map(({ method, url, denied }, n) => (
        <div key={n}>
          <p><code>{method} {url}</code><br /><Told text={denied ?? ""} /></p>
          <CopyButton text={() => /`([^`]*=[^`]*)`/.exec(denied ?? "")?.[1] ?? denied ?? ""} />
        </div>
      ))}
    </div>
  );
}

export function Logs({ logs, dropped }: { logs: CallReport["logs"]; dropped: number }): JSX.Element | null {
  const w = words().trace;
  if (logs.length === 0) return null;
  return (
    <>
      <h3>{w.logs}</h3>
      <ol class="logs">{logs.map(({ level, message }, n) => <li key={n}><span class={`mark ${tone(level)}`}>{level}</span> {message}</li>)}</ol>
      {dropped > 0 && <p class="note">{w.logsDropped(dropped)}</p>}
    </>
  );
}

export function Searches({ searches }: { searches: SearchReport[] }): JSX.Element | null {
  const w = words().trace;
  if (searches.length === 0) return null;
  return (
    <ul class="plainlist">
      {searches.map((search, n) => (
        <li key={n}>
          <p><span class="mark plain">{w.legend["search"]}</span> {wordsOf(search).map(({ text, what }) => <span key={what}>{what && <span class="muted small">{what} </span>}「<LongWords text={text} />」 </span>)} <span class="muted small">{duration(search.duration_ms)}</span></p>
          {search.error && <p class="note bad"><Told text={search.error} /></p>}
          <ul class="bases">
            {search.bases.map((base) => (
              <li key={base.knowledge_base}>
                <b>{base.knowledge_base}</b> {base.best_score === null ? <span class="muted">{words().hit.nothing}</span> : <Best of={base} best={base.best_score} />}
                {(base.error || base.degraded) && <p class="note warn"><Told text={base.error ?? base.degraded ?? ""} /></p>}
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

/** How close a base came; by how much it missed where it did. */
function Best({ of: { found, threshold }, best }: { of: BaseReport; best: number }): JSX.Element {
  const w = words().trace;
  const said = w.best(score(best), score(threshold));
  if (found === 0 && best < threshold) return <span class="muted">{said}{w.lacks(lack(threshold - best))}</span>;
  return <>{w.found(found)} · <span class="muted">{said}</span></>;
}

/** What was searched for. A follow-up is searched for in up to three wordings at once, and each says which one it is. */
function wordsOf({ text, wordings }: SearchReport): { text: string; what: string | null }[] {
  if (!wordings) return [{ text, what: null }];
  const { asked, joined, completed } = words().trace.wordings;
  const all = [{ text: wordings.asked, what: asked }, { text: wordings.joined, what: joined }, { text, what: completed }];
  return all.filter(({ text }, index) => all.findIndex((other) => other.text === text) === index);
}

export function Requests({ http: asked }: { http: HttpReport[] }): JSX.Element | null {
  const made = asked.filter(({ denied }) => denied === null);
  if (made.length === 0) return null;
  return (
    <ul class="plainlist">
      {made.map((http, n) => (
        <li key={n}>
          <p>
            <span class="mark plain">HTTP</span> <code>{http.method} {http.url}</code>{" "}
            <span class={`mark ${http.status !== null && http.status < 400 ? "good" : "bad"}`}>{http.status ?? "–"}</span>{" "}
            <span class="muted small">{duration(http.duration_ms)} · {size(http.body_bytes)}</span>
          </p>
          {http.error && <p class="note bad"><Told text={http.error} /></p>}
        </li>
      ))}
    </ul>
  );
}

export function Result({ of }: { of: Contribution }): JSX.Element {
  switch (of.kind) {
    case "passages":
      return <Passages passages={of.passages} />;
    case "nothing":
      return <p class="muted"><Told text={of.reason} /></p>;
    case "ask":
      return <><LongText text={of.text} /><ol>{of.choices.map((choice, n) => <li key={n}>{choice}</li>)}</ol></>;
    case "answer":
      return <><LongText text={of.text} /><Passages passages={of.sources} /></>;
    case "outcome":
      return <><p><b>{of.title}</b></p><LongText text={of.text} /></>;
  }
}

function Passages({ passages }: { passages: Passage[] }): JSX.Element {
  return (
    <ol class="passages">
      {passages.map((passage, n) => (
        <li key={n}>
          <p>
            <b>{passage.title}</b>{passage.section.filter((heading) => heading !== passage.title).map((heading) => ` › ${heading}`)}{" "}
            <span class="muted small">{passage.knowledge_base} {passage.score !== null && score(passage.score)}</span>
          </p>
          <LongText text={passage.text} />
        </li>
      ))}
    </ol>
  );
}
