/** What went wrong in a plugin's last calls, each with the turn it went wrong in. */

import type { JSX } from "preact";
import type { PluginInfo } from "../../api/upkeep";
import { address } from "../../frame/place";
import { clock } from "../../parts/format";
import { Told } from "../../parts/told";
import { When } from "../../parts/when";
import { words } from "../../words";

export function Seen({ plugin: { seen, name } }: { plugin: PluginInfo }): JSX.Element | null {
  const w = words().plugins;
  const errors = seen.last_errors;
  return (
    <section>
      <h3>{w.lastErrors} <span class="small">{w.since(clock(seen.since))}</span></h3>
      {errors.length === 0 ? <p class="muted">{seen.calls > 0 ? w.noErrors : w.nothingSeen}</p> : (
        <ul class="plainlist">
          {errors.map(({ trace, message, at }, index) => (
            <li key={index}>
              <When class="muted small" at={at} /> <span class="id"><Told text={message} /></span>{" "}
              {trace && <a class="small" href={address("traces", { id: trace })}>{words().chat.trace}</a>}
            </li>
          ))}
        </ul>
      )}
      {seen.calls > 0 && <p><a class="small" href={address("traces", { plugin: name })}>{w.itsTurns}</a></p>}
    </section>
  );
}
