/** 只重试失败的: what a job did not get in, once more, with the files that the host has kept. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, segment } from "../../api/call";
import { useAct } from "../../parts/act";
import { Failed } from "../../parts/load";
import { words } from "../../words";

export function Retry({ base, job, label, started }: { base: string; job: string; label: string; started: () => void }): JSX.Element {
  const [isStarted, setStarted] = useState(false);
  const { isBusy, error, act } = useAct();
  const retry = async () => {
    await answered(`/v1/knowledge-bases/${segment(base)}/imports/${segment(job)}/retry`, { method: "POST" });
    setStarted(true);
    started();
  };
  return (
    <>
      {!isStarted && <button type="button" disabled={isBusy} onClick={() => act(retry)}>{label}</button>}
      <span role="status">{isStarted && <span class="mark good">{words().documents.retried}</span>}</span>
      {error && <Failed error={error} />}
    </>
  );
}
