/** The admin key, typed once and forgotten with the tab. */

import { signal } from "@preact/signals";
import { keep, kept } from "../frame/kept";

/** What a header takes: a key with anything else could not be sent, and no request would leave the page. */
const isSendable = (key: string) => /^[\x21-\x7e]+$/.test(key);

const old = kept("session", "key");
export const adminKey = signal<string | null>(old !== null && isSendable(old) ? old : null);

/** Whether the host has refused a request for want of the right key, and the operator is asked for one. */
export const keyWanted = signal<"no" | "missing" | "wrong">("no");

export function setKey(key: string | null): void {
  if (key !== null && !isSendable(key)) {
    keyWanted.value = "wrong";
    return;
  }
  adminKey.value = key;
  keep("session", "key", key);
  keyWanted.value = "no";
}
