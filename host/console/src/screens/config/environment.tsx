/** The environment variables the file names, and whether each is set; their values are nobody's business. */

import type { JSX } from "preact";
import type { ConfigInfo } from "../../api/upkeep";
import { words } from "../../words";

export function Environment({ names }: { names: ConfigInfo["environment"] }): JSX.Element | null {
  const w = words().config;
  if (names.length === 0) return null;
  return (
    <section class="card">
      <h2>{w.environment}</h2>
      <ul class="plainlist">
        {names.map(({ name, set }) => (
          <li key={name}><code>{name}</code> <span class={`mark ${set ? "good" : "warn"}`}>{set ? w.set : w.notSet}</span></li>
        ))}
      </ul>
    </section>
  );
}
