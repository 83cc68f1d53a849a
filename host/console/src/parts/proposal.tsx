/** A change of a file: first it is shown as a difference, then it is applied, and new turns go by it. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { patch } from "../api/call";
import { type Change, problemsOf } from "../api/upkeep";
import { words } from "../words";
import { asError } from "./act";
import { Diff } from "./diff";
import { Failed } from "./load";
import { Problems } from "./problems";

/** One request that changes something; those of one proposal change the same file. */
export interface Wish {
  path: string;
  body: Record<string, unknown>;
  /** The table of the file that is changed, whose name does not stand among the lines. */
  of?: string;
}

export interface ProposalProps {
  label: string;
  wishes: Wish[];
  applied?: (() => void) | undefined;
  disabled?: boolean;
}

type State =
  | { kind: "idle" | "asking" | "applied" }
  | { kind: "shown" | "applying"; diffs: string[]; digest: string | undefined }
  | { kind: "failed"; error: Error };

export function Proposal({ label, wishes, applied, disabled = false }: ProposalProps): JSX.Element {
  const w = words();
  const [state, setState] = useState<State>({ kind: "idle" });
  const key = JSON.stringify(wishes);
  // What is shown is what would be written: where the wish changes it is asked for anew. What was applied leaves no wish.
  useEffect(() => setState((old) => (old.kind === "applied" && wishes.length === 0 ? old : { kind: "idle" })), [key]);
  const failed = (error: unknown) => setState({ kind: "failed", error: asError(error) });
  const propose = async () => {
    setState({ kind: "asking" });
    try {
      const changes = await Promise.all(wishes.map(({ path, body }) => patch<Change>(path, { ...body, dry_run: true })));
      setState({ kind: "shown", diffs: changes.map(({ diff }) => diff), digest: changes[0]?.digest });
    } catch (error) {
      failed(error);
    }
  };
  const apply = async (diffs: string[], digest: string | undefined) => {
    setState({ kind: "applying", diffs, digest });
    try {
      // One after the other, since they write the same file, and only where it is still the one that was looked at.
      let seen = digest;
      for (const { path, body } of wishes) seen = (await patch<Change>(path, { ...body, ...(seen && { if_digest: seen }) })).digest;
      setState({ kind: "applied" });
      applied?.();
    } catch (error) {
      failed(error);
    }
  };
  const isEmpty = "diffs" in state && state.diffs.every((diff) => !diff.trim());
  return (
    <div class="proposal">
      {(state.kind === "idle" || state.kind === "asking" || state.kind === "applied") && (
        <button type="button" disabled={disabled || state.kind === "asking" || wishes.length === 0} onClick={() => void propose()}>{label}</button>
      )}
      {"diffs" in state && (
        <div class="proposed">
          {isEmpty ? <p class="note">{w.change.nothing}</p> : state.diffs.map((diff, index) => diff.trim() && <Diff key={index} text={diff} of={wishes[index]?.of} />)}
          <div class="buttons">
            {!isEmpty && <button type="button" class="primary" disabled={state.kind === "applying"} onClick={() => void apply(state.diffs, state.digest)}>{w.change.apply}</button>}
            <button type="button" onClick={() => setState({ kind: "idle" })}>{w.key.cancel}</button>
          </div>
        </div>
      )}
      <span role="status">{state.kind === "applied" && <span class="mark good">{w.change.applied}</span>}</span>
      {state.kind === "failed" && (
        <>
          <Failed error={state.error} retry={() => void propose()} />
          <Problems problems={problemsOf(state.error)} />
        </>
      )}
    </div>
  );
}
