/** 插件: what each plugin may do, what it has done, and what it was refused. */

import type { JSX } from "preact";
import { get } from "../api/call";
import type { PluginInfo } from "../api/upkeep";
import type { List } from "../api/types";
import { address, place } from "../frame/place";
import { count, duration } from "../parts/format";
import { Empty, Shown, useLoad } from "../parts/load";
import { Way } from "../parts/way";
import { Told } from "../parts/told";
import { words } from "../words";
import { Grants } from "./plugin/grants";
import { Limits } from "./plugin/limits";
import { Seen } from "./plugin/seen";
import { Settings } from "./plugin/settings";
import { TryRun } from "./plugin/try";

/** So many are shown open from the start. */
const OPEN = 3;

export function Plugins(): JSX.Element {
  const w = words().plugins;
  const plugins = useLoad((signal) => get<PluginInfo[] | List<PluginInfo>>("/v1/plugins", signal).then(listed), []);
  return (
    <div class="screen plugins">
      <div class="head"><h1>{w.title}</h1><button type="button" onClick={plugins.reload}>{words().traces.refresh}</button></div>
      <Shown of={plugins}>
        {(all) => all.length === 0
          ? <Empty title={w.none}><p>{w.noneHow}</p><p><Way to="config" /></p></Empty>
          : all.map((plugin) => <One key={plugin.name} plugin={plugin} open={all.length <= OPEN || place.value.parameters["name"] === plugin.name || isAmiss(plugin)} />)}
      </Shown>
    </div>
  );
}

function listed(answer: PluginInfo[] | List<PluginInfo>): PluginInfo[] {
  return Array.isArray(answer) ? answer : answer.data;
}

function isAmiss({ seen }: PluginInfo): boolean {
  return seen.denied.length > 0;
}

function One({ plugin, open }: { plugin: PluginInfo; open: boolean }): JSX.Element {
  const w = words().plugins;
  const { name, kind, version, summary, component, digest, used_by, seen } = plugin;
  return (
    <details class={`card plugin${isAmiss(plugin) ? " amiss" : ""}`} data-plugin={name} open={open}>
      <summary data-entry>
        <h2>{name}</h2>
        <span class="mark plain">{w.kinds[kind] ?? kind}</span>
        {seen.denied.length > 0 && <span class="mark bad">{w.deniedCount(seen.denied.length)}</span>}
        {seen.errors > 0 && <span class="mark warn">{w.errorCount(count(seen.errors))}</span>}
        <span class="muted small brief">
          {seen.calls > 0 ? `${w.callCount(count(seen.calls))} · p50 ${duration(seen.p50_ms)} · p95 ${duration(seen.p95_ms)}` : w.neverCalled}
        </span>
      </summary>
      {summary && <p><Told text={summary} /></p>}
      <dl class="pairs">
        <div><dt>{w.component}</dt><dd class="id">{component}{version && ` · ${version}`}{digest && <> · <code title={digest}>{digest.replace(/^sha256:/, "").slice(0, 12)}</code></>}</dd></div>
        <div>
          <dt>{w.usedBy}</dt>
          <dd>
            {used_by.length === 0 ? <span class="muted">{w.unused}</span> : (
              <ul class="uses">{used_by.map(({ app, route }) => <li key={app}><a href={address("traces", { app, plugin: name })}>{app}</a> <span class="mark plain">{route}</span></li>)}</ul>
            )}
          </dd>
        </div>
      </dl>
      <Grants plugin={plugin} />
      <Limits plugin={plugin} />
      <Seen plugin={plugin} />
      <Settings plugin={plugin} />
      <TryRun plugin={plugin} />
    </details>
  );
}
