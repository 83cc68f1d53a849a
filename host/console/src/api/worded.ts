/** What the host has said of its texts: an answer brings the facts behind those in it, by the text. */

import type { Fact } from "./types";

/** More than any screen shows; an operator may stay for days. */
const MOST = 5_000;

export const worded = new Map<string, Fact>();

/** Takes the facts out of an answer, which is then as it is without them. */
export function learned<T>(answer: T): T {
  for (const part of (Array.isArray(answer) ? answer : [answer]) as { worded?: Record<string, Fact> }[]) {
    if (worded.size > MOST) worded.clear();
    for (const [text, fact] of Object.entries(part?.worded ?? {})) worded.set(text, fact);
    delete part?.worded;
  }
  return answer;
}
