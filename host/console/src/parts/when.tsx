/** A moment, in seconds since 1970: short, and whole where it is pointed at. */

import type { JSX } from "preact";
import { clock, iso } from "./format";

export function When({ at, class: name }: { at: number; class?: string }): JSX.Element {
  return <time class={name} dateTime={iso(at)} title={iso(at)}>{clock(at)}</time>;
}
