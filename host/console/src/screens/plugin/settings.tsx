/** What a plugin can be configured with, and what it is configured with. */

import type { JSX } from "preact";
import type { PluginInfo } from "../../api/upkeep";
import { LongText } from "../../parts/long";
import { Told } from "../../parts/told";
import { language, words } from "../../words";
import { pluginKeys } from "../../words/settings.zh";

export function Settings({ plugin: { component, config, schema } }: { plugin: PluginInfo }): JSX.Element | null {
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
              <dt class="id">{key}{description && <p class="small muted">{meaning(component, key, description)}</p>}</dt>
              <dd>{isOwn ? <LongText text={said(written[key])} code /> : <span class="small">{usual === undefined ? "–" : <code>{said(usual)}</code>} {w.notWritten}</span>}</dd>
            </div>
          );
        })}
      </dl>
    </details>
  );
}

/** What a key means; of a built-in plugin in the page's language. */
function meaning(component: string, key: string, description: string): JSX.Element {
  const known = language.value === "zh" ? pluginKeys[component]?.[key] : undefined;
  return known === undefined ? <Told text={description} /> : <span title={description}>{known}</span>;
}

function said(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}
