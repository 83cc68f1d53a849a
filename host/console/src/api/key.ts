/** The admin key, typed once and forgotten with the tab. */

import { signal } from "@preact/signals";
import { keep, kept } from "../frame/kept";

export const adminKey = signal<string | null>(kept("session", "key"));

/** Whether the host has refused a request for want of the right key, and the operator is asked for one. */
export const keyWanted = signal<"no" | "missing" | "wrong">("no");

export function setKey(key: string | null): void {
  adminKey.value = key;
  keep("session", "key", key);
  keyWanted.value = "no";
}
