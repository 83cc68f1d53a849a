/** Tabs: one of several views of the same thing; the arrow keys move between them, as everywhere. */

import type { ComponentChildren, JSX, TargetedKeyboardEvent } from "preact";

export interface TabsProps<T extends string> {
  names: readonly T[];
  chosen: T;
  said: (name: T) => string;
  choose: (name: T) => void;
  children: ComponentChildren;
}

export function Tabs<T extends string>({ names, chosen, said, choose, children }: TabsProps<T>): JSX.Element {
  return (
    <>
      <div class="tabs" role="tablist">
        {names.map((name) => (
          <button
            key={name} type="button" role="tab" id={`tab-${name}`} aria-selected={name === chosen} aria-controls="tab-panel"
            tabIndex={name === chosen ? 0 : -1} onClick={() => choose(name)} onKeyDown={arrows}
          >
            {said(name)}
          </button>
        ))}
      </div>
      <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${chosen}`} tabIndex={0}>{children}</div>
    </>
  );
}

function arrows(event: TargetedKeyboardEvent<HTMLButtonElement>): void {
  const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (by === 0) return;
  const tabs = [...(event.currentTarget.parentElement?.querySelectorAll<HTMLButtonElement>("[role=tab]") ?? [])];
  const next = tabs[(tabs.indexOf(event.currentTarget) + by + tabs.length) % tabs.length];
  next?.click();
  next?.focus();
}
