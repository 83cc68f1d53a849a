/** The keys that work on every screen, and the list of them. */

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { SCREENS } from "../screens";
import { words } from "../words";
import { go } from "./place";

export const keysShown = signal(false);

/** How long after `g` a letter still means a screen. */
const CHORD = 1500;

/** Listens until the returned function is called. */
export function listenToKeys(): () => void {
  let chord = 0;
  const pressed = (event: KeyboardEvent) => {
    const isComposing = event.isComposing || event.keyCode === 229;
    if (isComposing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const began = chord;
    chord = 0;
    const screen = Date.now() - began < CHORD && SCREENS.find(({ letter }) => letter === event.key);
    if (screen) go(screen.name);
    else if (event.key === "g") chord = Date.now();
    else if (event.key === "?") keysShown.value = true;
    else if (event.key === "/") focusSearch();
    else if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
    else return;
    event.preventDefault();
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

function focusSearch(): void {
  document.querySelector<HTMLElement>("main [data-search]")?.focus();
}

/** Moves the focus in the screen's list; its entries are marked. */
function step(by: number): void {
  const entries = [...document.querySelectorAll<HTMLElement>("main [data-entry]")];
  const at = entries.indexOf(document.activeElement as HTMLElement);
  const next = entries[at < 0 ? (by > 0 ? 0 : entries.length - 1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

export function KeysDialog(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = keysShown.value;
  useEffect(() => {
    if (shown && !dialog.current?.open) dialog.current?.showModal();
    if (!shown) dialog.current?.close();
  }, [shown]);
  const w = words();
  return (
    <dialog ref={dialog} aria-labelledby="keys-title" onClose={() => (keysShown.value = false)}>
      <h2 id="keys-title">{w.keys.title}</h2>
      <dl class="keys">
        {w.keys.list.map(([key, what]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>)}
        {SCREENS.map(({ name, letter }) => (
          <div key={name}><dt><kbd>g {letter}</kbd></dt><dd>{w.frame.screens[name]}</dd></div>
        ))}
      </dl>
      <div class="buttons"><button type="button" onClick={() => dialog.current?.close()}>{w.frame.close}</button></div>
    </dialog>
  );
}
