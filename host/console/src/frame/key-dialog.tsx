/** The dialog that asks for the admin key when the host wants one. */

import type { JSX, TargetedSubmitEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { keyWanted, setKey } from "../api/key";
import { words } from "../words";

export function KeyDialog(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const wanted = keyWanted.value;
  useEffect(() => {
    if (wanted !== "no" && !dialog.current?.open) dialog.current?.showModal();
    if (wanted === "no") dialog.current?.close();
  }, [wanted]);
  const w = words().key;
  const cancel = () => {
    keyWanted.value = "no";
  };
  const enter = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const field = event.currentTarget.elements.namedItem("key") as HTMLInputElement;
    const key = field.value.trim();
    field.value = "";
    if (key) setKey(key);
  };
  return (
    // Not at "close", which comes late: by then a wrong key may have been refused, and the dialog has been opened anew.
    <dialog ref={dialog} aria-labelledby="key-title" onCancel={cancel}>
      <form onSubmit={enter}>
        <h2 id="key-title">{w.title}</h2>
        <p>{wanted === "wrong" ? w.wrong : w.missing}</p>
        <label class="field">
          {w.label}
          <input name="key" type="password" autocomplete="off" required />
        </label>
        <div class="buttons">
          <button type="submit" class="primary">{w.enter}</button>
          <button type="button" onClick={cancel}>{w.cancel}</button>
        </div>
      </form>
    </dialog>
  );
}
