/** The bounds of a call beside the worst that was seen. */

import type { JSX } from "preact";
import type { PluginInfo } from "../../api/upkeep";
import { count, duration, size } from "../../parts/format";
import { words } from "../../words";

/** From this share of a bound on it is shown as near. */
const NEAR = 0.8;

type Worst = NonNullable<PluginInfo["seen"]["worst"]>;

/** Limits whose worst is seen, by their names in the configuration. */
const SEEN: Record<string, keyof Worst> = { timeout_ms: "time_ms", memory: "memory", output: "output", requests: "requests", searches: "searches" };
const OF_BYTES = ["memory", "output", "request_body", "response_body"];

export function Limits({ plugin: { limits, seen } }: { plugin: PluginInfo }): JSX.Element | null {
  const w = words().plugins;
  const { worst } = seen;
  const given = Object.entries(limits).flatMap(([name, most]) => (typeof most === "number" ? [{ name, most, reached: reachedOf(name) }] : []));
  if (given.length === 0) return null;
  const compared = given.filter(({ reached }) => reached !== null && reached > 0);
  const others = given.filter((limit) => !compared.includes(limit));
  return (
    <section>
      <h3>{w.limits}</h3>
      {compared.length > 0 && (
        <ul class="meters">
          {compared.map(({ name, most, reached }) => {
            const share = Math.min(1, (reached ?? 0) / most);
            return (
              <li key={name}>
                <span>{nameOf(name)}</span>
                <span class={`meter${share >= NEAR ? " near" : ""}`} aria-hidden="true"><i style={{ width: `${Math.max(share * 100, 0.5)}%` }} /></span>
                <span class="number">{w.ofLimit(say(name, reached ?? 0), say(name, most))}</span>
              </li>
            );
          })}
        </ul>
      )}
      {others.length > 0 && <p class="muted small">{others.map(({ name, most }) => `${nameOf(name)} ${say(name, most)}`).join(" · ")}</p>}
    </section>
  );

  function reachedOf(name: string): number | null {
    const key = SEEN[name];
    return key && worst && seen.calls > 0 ? worst[key] : null;
  }
}

function nameOf(limit: string): string {
  const name = limit.replace(/_ms$/, "");
  return words().plugins.limitNames[name] ?? name;
}

function say(name: string, amount: number): string {
  if (name.endsWith("_ms")) return duration(amount);
  return OF_BYTES.includes(name) ? size(amount) : count(amount);
}
