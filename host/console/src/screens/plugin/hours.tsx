/** The calls of the last 24 hours as a row of bars, failed ones at their tops. */

import type { JSX } from "preact";
import type { PluginInfo } from "../../api/upkeep";
import { clock, count } from "../../parts/format";
import { words } from "../../words";

const HOURS = 24;
const HOUR = 3600;

export function Hours({ hours }: { hours: NonNullable<PluginInfo["seen"]["hours"]> }): JSX.Element {
  const w = words().plugins;
  const now = Math.floor(Date.now() / 1000 / HOUR) * HOUR;
  // A host whose clock is ahead has hours that are still to come here.
  const last = Math.max(now, ...hours.map(({ from }) => from));
  const all = Array.from({ length: HOURS }, (_, n) => {
    const from = last - (HOURS - 1 - n) * HOUR;
    return hours.find((hour) => hour.from === from) ?? { from, calls: 0, errors: 0 };
  });
  const most = Math.max(1, ...all.map(({ calls }) => calls));
  const said = ({ calls, errors }: { calls: number; errors: number }) => w.called(count(calls), count(errors));
  const sum = all.reduce((sum, { calls, errors }) => ({ calls: sum.calls + calls, errors: sum.errors + errors }), { calls: 0, errors: 0 });
  return (
    <div class="hours">
      <p class="small">{w.lastDay} <span class="muted">{said(sum)}</span></p>
      <ol aria-hidden="true">
        {all.map((hour) => (
          <li key={hour.from} title={`${clock(hour.from)} ${said(hour)}`} data-calls={hour.calls}>
            <i style={{ height: `${(100 * hour.calls) / most}%` }}><b style={{ height: `${(100 * hour.errors) / Math.max(1, hour.calls)}%` }} /></i>
          </li>
        ))}
      </ol>
    </div>
  );
}
