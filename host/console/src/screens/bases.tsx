/** 知识库: the bases there are, or one of them with its documents and imports. */

import type { JSX } from "preact";
import { get } from "../api/call";
import type { BaseSummary, List } from "../api/types";
import { address, place } from "../frame/place";
import { count } from "../parts/format";
import { Shown, useLoad } from "../parts/load";
import { NoBases } from "../parts/no-bases";
import { Told } from "../parts/told";
import { words } from "../words";
import { Base } from "./base/base";
import { DocumentView } from "./base/document";
import { BaseMark } from "./base/mark";

export function Bases(): JSX.Element {
  const { base, document } = place.value.parameters;
  if (base && document) return <DocumentView key={`${base} ${document}`} base={base} id={document} />;
  return base ? <Base key={base} name={base} /> : <All />;
}

function All(): JSX.Element {
  const w = words().bases;
  const bases = useLoad((signal) => get<List<BaseSummary>>("/v1/knowledge-bases", signal), []);
  return (
    <div class="screen">
      <div class="head"><h1>{w.title}</h1><button type="button" onClick={bases.reload}>{words().traces.refresh}</button></div>
      <Shown of={bases}>
        {({ data }) => data.length === 0 ? <NoBases /> : (
          <ul class="tiles">
            {data.map((base) => (
              <li key={base.name} class="card">
                <h2><a href={address("bases", { base: base.name })} data-entry>{base.title}</a></h2>
                <p class="muted small id">{base.name}</p>
                <dl class="facts">
                  <div><dt>{w.documents}</dt><dd>{count(base.documents)}</dd></div>
                  <div><dt>{w.windows}</dt><dd>{count(base.windows)}</dd></div>
                  <div><dt>{w.state}</dt><dd><BaseMark base={base} /></dd></div>
                </dl>
                {(base.error ?? base.warning) && <p class={`note ${base.error ? "bad" : "warn"}`}><Told text={base.error ?? base.warning ?? ""} /></p>}
                {base.documents === 0 && <p class="muted">{w.emptyHow}</p>}
              </li>
            ))}
          </ul>
        )}
      </Shown>
    </div>
  );
}
