/** Deletes all documents that match: how many and which is asked of the host first, and what is deleted is that number. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered } from "../../api/call";
import type { Deletion } from "../../api/types";
import { asError } from "../../parts/act";
import { count } from "../../parts/format";
import { Failed } from "../../parts/load";
import { words } from "../../words";

export interface DeleteMatchingProps {
  url: string;
  query: string;
  /** How many matched when they were listed. */
  total: number;
  /** Called when the host has taken it as a job. */
  started: () => void;
}

type State = { kind: "idle" | "asking" | "started" } | { kind: "shown" | "deleting"; deletion: Deletion } | { kind: "failed"; error: Error };

export function DeleteMatching({ url, query, total, started }: DeleteMatchingProps): JSX.Element {
  const w = words().documents;
  const [state, setState] = useState<State>({ kind: "idle" });
  const failed = (error: unknown) => setState({ kind: "failed", error: asError(error) });
  const look = async () => {
    setState({ kind: "asking" });
    try {
      setState({ kind: "shown", deletion: (await (await answered(`${url}?${query}&dry_run=true`, { method: "DELETE" })).json()) as Deletion });
    } catch (error) {
      failed(error);
    }
  };
  const remove = async (deletion: Deletion) => {
    setState({ kind: "deleting", deletion });
    try {
      await answered(`${url}?${query}&confirm=${deletion.matched}`, { method: "DELETE" });
      setState({ kind: "started" });
      started();
    } catch (error) {
      failed(error);
    }
  };
  return (
    <div class="proposal deletion">
      {(state.kind === "idle" || state.kind === "asking") && <button type="button" class="danger" disabled={state.kind === "asking"} onClick={() => void look()}>{w.deleteMatching(count(total))}</button>}
      {"deletion" in state && (
        <div class="proposed note bad" role="alertdialog" aria-label={w.willDelete(count(state.deletion.matched))}>
          <p><b>{w.willDelete(count(state.deletion.matched))}</b></p>
          <p class="id">{state.deletion.examples.join("、")}{state.deletion.matched > state.deletion.examples.length && ` ${w.andMore(count(state.deletion.matched))}`}</p>
          <div class="buttons">
            <button type="button" class="danger" disabled={state.kind === "deleting"} onClick={() => void remove(state.deletion)}>{w.deleteNow(count(state.deletion.matched))}</button>
            <button type="button" onClick={() => setState({ kind: "idle" })}>{words().key.cancel}</button>
          </div>
        </div>
      )}
      <span role="status">{state.kind === "started" && <span class="mark good">{w.deleting}</span>}</span>
      {state.kind === "failed" && <Failed error={state.error} retry={() => void look()} />}
    </div>
  );
}
