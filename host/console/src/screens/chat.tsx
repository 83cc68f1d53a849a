/** 对话: the customer's side at the left, and why an answer is as it is at the right. */

import type { JSX } from "preact";
import { Fragment } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { get } from "../api/call";
import type { List, Model } from "../api/types";
import { useNarrow } from "../frame/narrow";
import { address, adjust, place, step } from "../frame/place";
import { Select } from "../parts/choose";
import { Empty, Shown, useLoad } from "../parts/load";
import { Way } from "../parts/way";
import { words } from "../words";
import { type About, about } from "./chat/about";
import { Composer } from "./chat/composer";
import { Said } from "./chat/said";
import { type Wishes, again, ask, begin, talk } from "./chat/talk";
import { Why } from "./chat/why";

/** In the address: the explanation is folded away. */
const FOLDED = "0";

export function Chat(): JSX.Element {
  const w = words().chat;
  const models = useLoad((signal) => get<List<Model>>("/v1/models", signal), []);
  return (
    <div class="screen tall chat">
      {models.data === null && <div class="head"><h1>{w.title}</h1></div>}
      <Shown of={models}>
        {({ data }) => data.length === 0
          ? <Empty title={w.noApps}><p>{w.noAppsHow}</p><p><Way to="config" /></p></Empty>
          : <Talk apps={data.map(({ id }) => id)} />}
      </Shown>
    </div>
  );
}

function Talk({ apps }: { apps: string[] }): JSX.Element {
  const w = words().chat;
  const exchanges = talk.value;
  const { app: named, why, q: asked } = place.value.parameters;
  const app = apps.find((app) => app === named) ?? exchanges.at(-1)?.app ?? apps[0] ?? "";
  // On a narrow page the explanation is a place of its own; beside the talk it is of the answer that was chosen last.
  const [chosen, choose] = useState<number | null>(null);
  const shown = exchanges[chosen ?? exchanges.length - 1];
  const known = useLoad((signal) => about(app, signal), [app]).data;
  const isNarrow = useNarrow();
  const log = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    if (follows.current) log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [exchanges]);
  const explain = (index: number) => {
    choose(index);
    // Beside the talk it is no other place.
    (isNarrow ? step : adjust)({ why: "1" });
  };
  const send = (question: string, wishes: Wishes) => {
    follows.current = true;
    choose(null);
    if (asked) adjust({ q: undefined });
    void ask(app, question, wishes);
  };
  return (
    <div class={`talk${why === FOLDED ? " folded" : why ? " explaining" : ""}`}>
      <section class="said" aria-label={w.title}>
        <div class="head">
          <h1>{w.title}</h1>
          <Select label={w.app} value={app} options={apps.map((app) => [app, app])} set={(app) => step({ app })} />
          <button type="button" disabled={exchanges.length === 0} onClick={() => { begin(); choose(null); adjust({ why: undefined }); }}>{w.fresh}</button>
        </div>
        <div
          class="log" ref={log} tabIndex={0} role="log" aria-live="off" aria-label={w.title}
          onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => (follows.current = scrollHeight - scrollTop - clientHeight < 40)}
        >
          {exchanges.length === 0 && <Begin known={known} ask={(question) => send(question, { plugins: [], variables: {} })} />}
          {exchanges.map((exchange, index) => (
            <Fragment key={index}>
              {exchange.app !== (exchanges[index - 1]?.app ?? exchange.app) && <p class="other-app">{w.otherApp(exchange.app)}</p>}
              <Said exchange={exchange} isShown={exchange === shown} explain={() => explain(index)} retry={index === exchanges.length - 1 ? () => again(exchange) : undefined} />
            </Fragment>
          ))}
        </div>
        <Spoken text={exchanges.at(-1)?.answer ?? ""} done={exchanges.at(-1)?.state !== "asking"} />
        <Composer
          disabled={!app} plugins={known?.plugins ?? []} names={known?.variables ?? []} first={asked ?? ""}
          send={send}
        />
      </section>
      <aside class="why" aria-labelledby="why-title">
        <button type="button" class="back narrow-only" onClick={() => step({ why: undefined })}>← {w.back}</button>
        <div class="head">
          <h2 id="why-title">{w.why}</h2>
          <button type="button" class="quiet beside-only" onClick={() => adjust({ why: FOLDED })}>{w.foldWhy}</button>
        </div>
        {shown ? <Why exchange={shown} /> : <p class="muted">{w.whyHow}</p>}
      </aside>
    </div>
  );
}

/** The talk before its first question. */
function Begin({ known, ask }: { known: About | null; ask: (question: string) => void }): JSX.Element {
  const w = words().chat;
  return (
    <Empty title={w.empty}>
      <p>{w.emptyHow}</p>
      {known && known.questions.length > 0 && (
        <>
          <p class="small">{w.examples}</p>
          <div class="buttons">{known.questions.map((question) => <button key={question} type="button" class="example" onClick={() => ask(question)}>{question}</button>)}</div>
        </>
      )}
      {known && !known.hasDocuments && <p><a href={address("bases")}>{words().hit.importFirst}</a></p>}
    </Empty>
  );
}

/** For who listens: the answer in finished sentences, not in the pieces it comes in. */
function Spoken({ text, done }: { text: string; done: boolean }): JSX.Element {
  const end = done ? text.length : Math.max(...["。", "！", "？", "\n", ". ", "! ", "? "].map((mark) => text.lastIndexOf(mark))) + 1;
  const sentences = text.slice(0, end).match(/[^。！？\n]+[。！？\n]*/g) ?? [];
  return <div class="hidden" aria-live="polite" aria-atomic="false">{sentences.map((sentence, n) => <span key={n}>{sentence}</span>)}</div>;
}
