/** What a plugin is granted beside what it asked for: used, never used, refused, with the line that would grant it. */

import type { JSX } from "preact";
import type { Denied, PluginInfo } from "../../api/upkeep";
import { address } from "../../frame/place";
import { CopyButton } from "../../parts/copy";
import { count } from "../../parts/format";
import { words } from "../../words";

type Kind = "knowledge" | "hosts" | "secrets";

interface Granted {
  kind: Kind;
  name: string;
  /** Nothing where the host does not say, as of secrets. */
  used: boolean | null;
}

export function Grants({ plugin }: { plugin: PluginInfo }): JSX.Element | null {
  const w = words().plugins;
  const granted = all(plugin);
  const { denied } = plugin.seen;
  if (plugin.kind === "formatter" && granted.length === 0 && denied.length === 0) return null;
  return (
    <section>
      <h3>{w.grants}</h3>
      {granted.length + denied.length === 0 ? <p class="muted">{w.noGrants}</p> : (
        <ul class="grants">
          {granted.map(({ kind, name, used }) => (
            <li key={`${kind} ${name}`} data-state={used === null ? "unknown" : used ? "used" : "unused"}>
              <span class="muted">{w.grantKinds[kind]}</span>
              <span class="id">{name}</span>
              {used !== null && <span class={`mark ${used ? "good" : "plain"}`}>{used ? `✓ ${w.used}` : `– ${w.neverUsed}`}</span>}
            </li>
          ))}
          {denied.map((denied) => <Refused key={denied.what} denied={denied} />)}
        </ul>
      )}
    </section>
  );
}

function all({ grants, seen }: PluginInfo): Granted[] {
  return [
    ...grants.knowledge.map((name): Granted => ({ kind: "knowledge", name, used: seen.used.knowledge.includes(name) })),
    ...grants.hosts.map((name): Granted => ({ kind: "hosts", name, used: seen.used.hosts.includes(name) })),
    ...grants.secrets.map((name): Granted => ({ kind: "secrets", name, used: null })),
  ];
}

export function Refused({ denied: { what, table, line, count: times, last } }: { denied: Denied }): JSX.Element {
  const w = words().plugins;
  return (
    <li class="refused" data-state="denied">
      <span class="mark bad">✗ {w.denied}</span>
      <span class="id">
        {what} {times !== undefined && times > 0 && <span class="small">{w.times(count(times))}</span>}{" "}
        {last && <a class="small" href={address("traces", { id: last })}>{w.lastTurn}</a>}
      </span>
      {line !== null && <span class="line">{table && <code class="muted">[{table}]</code>}<code>{line}</code> <CopyButton label={w.copyLine} text={() => line} /></span>}
    </li>
  );
}
