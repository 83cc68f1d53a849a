/** The link to the host: whether it answers, and when it is tried again where it does not. */

import { signal } from "@preact/signals";

export interface Away {
  tries: number;
  /** In milliseconds since 1970. */
  next: number;
}

/** `null` while the host answers. */
export const away = signal<Away | null>(null);

/** Raised when the host is back: what is shown may be old. */
export const returns = signal(0);

const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 30_000;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Whoever could not reach the host says so; from then on it is tried until it answers. */
export function lost(): void {
  if (away.value === null) schedule(1);
}

export function tryNow(): void {
  if (away.value !== null) void attempt(away.value.tries);
}

function schedule(tries: number): void {
  const pause = Math.min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE);
  away.value = { tries, next: Date.now() + pause };
  clearTimeout(timer);
  timer = setTimeout(() => void attempt(tries), pause);
}

async function attempt(tries: number): Promise<void> {
  clearTimeout(timer);
  try {
    await fetch("/livez", { cache: "no-store" });
    away.value = null;
    returns.value += 1;
  } catch {
    schedule(tries + 1);
  }
}
