/** The way to another screen, where the next step is. */

import type { JSX } from "preact";
import { address } from "../frame/place";
import { words } from "../words";

export function Way({ to }: { to: string }): JSX.Element {
  const w = words();
  return <a class="button" href={address(to)}>{w.states.goTo(w.frame.screens[to] ?? to)}</a>;
}
