/** The place is what the address says after `#/`: a screen and its parameters. A link to it can be sent to a colleague. */

import { signal } from "@preact/signals";

export interface Place {
  screen: string;
  parameters: Record<string, string>;
}

function read(): Place {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  return { screen: path, parameters: Object.fromEntries(new URLSearchParams(query)) };
}

export const place = signal<Place>(read());

addEventListener("hashchange", () => {
  place.value = read();
});

/** The address of a place; parameters that say nothing are left out. */
export function address(screen: string, parameters: Record<string, string | undefined> = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value) query.set(name, value);
  const text = query.toString();
  return `#/${screen}${text && `?${text}`}`;
}

export function go(screen: string, parameters: Record<string, string | undefined> = {}): void {
  location.hash = address(screen, parameters);
}

/** Changes parameters of this place without a step in the browser's history, as while something is typed. */
export function adjust(parameters: Record<string, string | undefined>): void {
  change("replaceState", parameters);
}

/** The same with a step, as where something is chosen or asked: the browser's Back takes it back. */
export function step(parameters: Record<string, string | undefined>): void {
  change("pushState", parameters);
}

function change(how: "replaceState" | "pushState", parameters: Record<string, string | undefined>): void {
  const { screen, parameters: old } = place.value;
  const next = address(screen, { ...old, ...parameters });
  // What is chosen once more is no other place.
  if (next !== address(screen, old)) history[how](null, "", next);
  place.value = read();
}
