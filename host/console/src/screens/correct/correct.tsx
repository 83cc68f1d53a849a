/** What an operator does about an answer: rates it, stores the right one, puts the question among those that are measured. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Trace } from "../../api/types";
import { words } from "../../words";
import { Judge } from "./judge";
import { Rating } from "./rating";
import { Standard } from "./standard";

export function Correct({ trace }: { trace: Trace }): JSX.Element {
  const w = words().correct;
  const [open, setOpen] = useState<"standard" | "judge" | null>(null);
  const toggle = (form: "standard" | "judge") => setOpen(open === form ? null : form);
  return (
    <div class="correct">
      <Rating key={trace.id} turn={trace.id} given={trace.feedback ?? null} />
      <div class="buttons">
        <button type="button" aria-expanded={open === "standard"} onClick={() => toggle("standard")}>{w.standard}</button>
        <button type="button" aria-expanded={open === "judge"} onClick={() => toggle("judge")}>{w.judge}</button>
      </div>
      {open === "standard" && <Standard trace={trace} />}
      {open === "judge" && <Judge trace={trace} />}
    </div>
  );
}
