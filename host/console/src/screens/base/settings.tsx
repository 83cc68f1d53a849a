/** 设置: what a base is searched by, where each value comes from, and the few that can be changed here: in the file, once the
 * difference was seen. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { segment } from "../../api/call";
import type { BaseDetail, Setting } from "../../api/types";
import { address } from "../../frame/place";
import { Proposal } from "../../parts/proposal";
import { words } from "../../words";

/** In the order they are thought of; what the host has besides follows. */
const FIRST = ["threshold", "question_threshold", "top_k", "answer_threshold", "offer_threshold", "weight"];

export function Settings({ base, changed }: { base: BaseDetail; changed: () => void }): JSX.Element {
  const w = words().settings;
  const [typed, setTyped] = useState<Record<string, string>>({});
  const keys = [...FIRST.filter((key) => key in base.settings), ...Object.keys(base.settings).filter((key) => !FIRST.includes(key))];
  const settings = keys.flatMap((key) => (base.settings[key] ? [[key, base.settings[key]] as const] : []));
  const edits = settings.filter(([key, setting]) => typed[key] !== undefined && typed[key].trim() !== written(setting));
  const wrong = edits.filter(([key, setting]) => !isLegal(typed[key] ?? "", setting)).map(([key]) => key);
  const body = Object.fromEntries(edits.map(([key]) => [key, typed[key]?.trim() ? Number(typed[key]) : null]));
  const parts: [string, (typeof settings)[number][]][] = [
    [w.changeable, settings.filter(([, { changeable }]) => changeable)],
    [w.fixed, settings.filter(([, { changeable }]) => !changeable)],
  ];
  return (
    <>
      {parts.map(([title, rows], part) => rows.length > 0 && (
        <section class="card" key={title}>
          <h2>{title}</h2>
          <p class="muted small">{part === 0 ? w.how : <>{w.fixedHow} <a href={address("config")}>{words().frame.screens["config"]}</a></>}</p>
          <dl class="settings">
            {rows.map(([key, setting]) => (
              <div key={key} class={edits.some(([edited]) => edited === key) ? "edited" : ""} data-setting={key}>
                <dt><label for={setting.changeable ? `setting-${key}` : undefined}>{w.names[key] ?? key}</label> <code class="muted">{key}</code>{w.hints[key] && <p class="small muted">{w.hints[key]}</p>}</dt>
                <dd>
                  {setting.changeable ? (
                    <input
                      id={`setting-${key}`} type="number" min={setting.min} max={setting.max} step={setting.whole ? 1 : 0.01}
                      value={typed[key] ?? written(setting)} placeholder={plain(setting.effective)} aria-invalid={wrong.includes(key)}
                      onInput={(event) => setTyped({ ...typed, [key]: event.currentTarget.value })}
                    />
                  ) : <span class="id">{plain(setting.effective ?? setting.value)}</span>}
                  <span class="small muted source-of">{source(setting)}</span>
                  {setting.changeable && (typed[key] ?? written(setting)) !== "" && <button type="button" class="quiet" aria-label={w.toDefaultOf(w.names[key] ?? key)} onClick={() => setTyped({ ...typed, [key]: "" })}>{w.toDefault}</button>}
                </dd>
              </div>
            ))}
          </dl>
          {part === 0 && wrong.length > 0 && <p class="note bad">{w.wrong(wrong.map((key) => w.names[key] ?? key).join("、"))}</p>}
          {part === 0 && (
            <div class="buttons">
              <Proposal
                label={words().change.write} disabled={wrong.length > 0}
                wishes={edits.length > 0 && wrong.length === 0 ? [{ path: `/v1/knowledge-bases/${segment(base.name)}`, of: `knowledge.${base.name}`, body }] : []}
                applied={() => { setTyped({}); changed(); }}
              />
              {edits.length > 0 && <button type="button" onClick={() => setTyped({})}>{words().template.reset}</button>}
              <a class="button" href={address("hit", { bases: base.name })}>{words().hit.title}</a>
            </div>
          )}
        </section>
      ))}
      <section class="card">
        <h2>{w.usedBy}</h2>
        {base.used_by.length === 0 ? <p class="muted">{w.unused}</p> : (
          <ul class="plainlist">
            {base.used_by.map(({ app, plugins, whole_text }) => (
              <li key={app}>
                <b>{app}</b>{" "}
                {plugins.map((plugin) => <span key={plugin}><a href={address("plugins", { name: plugin })}>{plugin}</a> </span>)}
                {whole_text && <span class="mark plain">{words().prompt.sources["whole_text"]}</span>}
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  );
}

/** What the file says, as it is typed; nothing where it says nothing. */
function written({ source, value }: Setting): string {
  return source === "file" && typeof value === "number" ? String(value) : "";
}

function isLegal(text: string, { min = -Infinity, max = Infinity, whole = false }: Setting): boolean {
  if (!text.trim()) return true;
  const number = Number(text);
  return number >= min && number <= max && (!whole || Number.isInteger(number));
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return words().settings.none;
  return typeof value === "string" ? value : typeof value === "boolean" ? words().states[value ? "yes" : "no"] : JSON.stringify(value);
}

function source({ source, line, inherited }: Setting): string {
  const w = words().settings;
  if (inherited) return w.inherited(words().settings.names[inherited] ?? inherited);
  return source === "file" ? (line === null ? w.ofFile : w.ofLine(line)) : w.ofDefault;
}
