/** What a plugin can be configured with, and what it is configured with. */

import type { JSX } from "preact";
import type { PluginInfo } from "../../api/upkeep";
import { LongText } from "../../parts/long";
import { Told } from "../../parts/told";
import { words } from "../../words";

export function Settings({ plugin: { config, schema } }: { plugin: PluginInfo }): JSX.Element | null {
  const w = words().plugins;
  const written: Record<string, unknown> = typeof config === "object" && config !== null ? (config as Record<string, unknown>) : {};
  const known = schema?.properties ?? {};
  const keys = [...new Set([...Object.keys(known), ...Object.keys(written)])];
  if (keys.length === 0) return null;
  return (
    <details class="fold">
      <summary><h3>{w.config}</h3> <span class="muted small">{Object.keys(written).length} / {keys.length}</span></summary>
      <dl class="values">
        {keys.map((key) => {
          const { description, default: usual } = known[key] ?? {};
          const isOwn = key in written;
          return (
            <div key={key} class={isOwn ? "" : "default"}>
              <dt class="id">{key}{description && <p class="small muted"><Told text={description} /></p>}</dt>
              <dd>{isOwn ? <LongText text={said(written[key])} code /> : <span class="small">{usual === undefined ? "–" : <code>{said(usual)}</code>} {w.notWritten}</span>}</dd>
            </div>
          );
        })}
      </dl>
    </details>
  );
}

function said(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}
