/** 只重试失败的: what a job did not get in, once more, with the files that the host has kept. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, segment } from "../../api/call";
import { Failed } from "../../parts/load";
import { words } from "../../words";

export function Retry({ base, job, label, started }: { base: string; job: string; label: string; started: () => void }): JSX.Element {
  const [state, setState] = useState<"idle" | "asking" | "started" | Error>("idle");
  const retry = async () => {
    setState("asking");
    try {
      await answered(`/v1/knowledge-bases/${segment(base)}/imports/${segment(job)}/retry`, { method: "POST" });
      setState("started");
      started();
    } catch (error) {
      setState(error instanceof Error ? error : new Error(String(error)));
    }
  };
  return (
    <>
      {state !== "started" && <button type="button" disabled={state === "asking"} onClick={() => void retry()}>{label}</button>}
      <span role="status">{state === "started" && <span class="mark good">{words().documents.retried}</span>}</span>
      {state instanceof Error && <Failed error={state} />}
    </>
  );
}
