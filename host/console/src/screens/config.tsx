/** 配置: the file as the host reads it, what is wrong with it, and what the host has made of it. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, get, post } from "../api/call";
import { learned } from "../api/worded";
import { type Checked, type ConfigInfo, type Reloaded, problemsOf, seconds } from "../api/upkeep";
import { useAct } from "../parts/act";
import { clock } from "../parts/format";
import { Failed, Shown, useLoad } from "../parts/load";
import { Problems } from "../parts/problems";
import { words } from "../words";
import { Effective } from "./config/effective";
import { Environment } from "./config/environment";
import { Source, showLine } from "./config/source";

export function Config(): JSX.Element {
  const w = words().config;
  const config = useLoad((signal) => get<ConfigInfo>("/v1/config", signal), []);
  const checked = useLoad(check, []);
  return (
    <div class="screen config">
      <div class="head">
        <h1>{w.title}</h1>
        <button type="button" onClick={() => { config.reload(); checked.reload(); }}>{w.check}</button>
        <Apply applied={() => { config.reload(); checked.reload(); }} refused={checked.set} />
      </div>
      <Shown of={config} rows={10}>
        {(config) => {
          const { problems = [], warnings = [] } = checked.data ?? {};
          return (
            <>
              <State config={config} />
              {checked.error && <Failed error={checked.error} retry={checked.reload} />}
              {checked.data && (
                <section class="card" aria-label={w.problems} role="status">
                  {problems.length === 0 ? <p><span class="mark good">{w.well}</span></p> : (
                    <>
                      <h2>{w.problemCount(problems.length)}</h2>
                      <Problems problems={problems} jump={showLine} />
                    </>
                  )}
                  {warnings.length > 0 && (
                    <>
                      <h2>{w.warnings}</h2>
                      <Problems problems={warnings} jump={showLine} />
                    </>
                  )}
                </section>
              )}
              <Source text={config.text} path={config.path} problems={problems} />
              <Effective of={config.effective} />
              <Environment names={config.environment} />
            </>
          );
        }}
      </Shown>
    </div>
  );
}

/** Without a text the host checks the file. */
async function check(signal: AbortSignal): Promise<Checked> {
  const response = await answered("/v1/config/check", { method: "POST", headers: { "content-type": "application/octet-stream" }, body: "", signal });
  return learned((await response.json()) as Checked);
}

/** Which version is running, and whether the file says something else by now. */
function State({ config: { path, loaded_at, changed_on_disk, needs_restart = [] } }: { config: ConfigInfo }): JSX.Element {
  const w = words().config;
  const loaded = seconds(loaded_at);
  const since = loaded === null ? "–" : clock(loaded);
  const changed = typeof changed_on_disk === "boolean" ? null : seconds(changed_on_disk);
  return (
    <>
      <p class="muted"><code class="id">{path}</code></p>
      {changed_on_disk
        ? <p class="note warn" role="status">{changed === null ? w.changed(since) : w.changedAt(clock(changed), since)}</p>
        : <p class="note">{w.running(since)}</p>}
      {needs_restart.length > 0 && <p class="note warn">{w.needsRestart} {needs_restart.join("、")}</p>}
    </>
  );
}

/** What is in effect now, and what was read and waits for a restart. */
function Done({ reloaded: { changed, needs_restart } }: { reloaded: Reloaded }): JSX.Element {
  const w = words().config;
  // A table that is new to the file is named as a whole.
  const applied = changed.filter((key) => !needs_restart.some((later) => `${later}.`.startsWith(`${key}.`)));
  return (
    <>
      {applied.length > 0 && <p class="note good">{w.applied} {applied.join("、")}</p>}
      {needs_restart.length > 0 ? <p class="note warn">{w.readIn} {needs_restart.join("、")}</p> : changed.length === 0 && <p class="note good">{w.nothingChanged}</p>}
    </>
  );
}

/** What is wrong where it is refused is said once, in the list of what the check has found. */
function Apply({ applied, refused }: { applied: () => void; refused: (checked: Checked) => void }): JSX.Element {
  const w = words().config;
  const [done, setDone] = useState<Reloaded | null>(null);
  const { isBusy, error, act } = useAct();
  const apply = async () => {
    setDone(null);
    try {
      setDone(await post<Reloaded>("/v1/config/reload", {}));
      applied();
    } catch (error) {
      const problems = problemsOf(error);
      if (problems.length > 0) refused({ problems });
      throw error;
    }
  };
  return (
    <>
      <button type="button" class="primary" disabled={isBusy} onClick={() => act(apply)}>{w.reload}</button>
      {(done || error) && (
        <div class="reloaded" role="status">
          {error && <Failed error={error} retry={() => act(apply)} />}
          {done && <Done reloaded={done} />}
        </div>
      )}
    </>
  );
}
