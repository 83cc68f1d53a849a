/** A text of any length: a long one is folded, a very long one is offered as a file. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { words } from "../words";

/** Characters from which on a text is folded. */
export const FOLDED = 2_000;
const SHOWN_AT_MOST = 200_000;

interface LongProps {
  text: string;
  name?: string;
}

export function LongText({ code = false, ...long }: LongProps & { code?: boolean }): JSX.Element {
  const [shown, more] = useFolded(long);
  return (
    <div class="long">
      {code ? <pre><code>{shown}</code></pre> : <p class="text">{shown}</p>}
      {more}
    </div>
  );
}

/** The same in the middle of a line. */
export function LongWords(long: LongProps): JSX.Element {
  const [shown, more] = useFolded(long);
  return <>{shown}{more && <> {more}</>}</>;
}

/** What is shown of a text, and the button for more. */
function useFolded({ text, name = "text.txt" }: LongProps): [string, JSX.Element | null] {
  const [whole, setWhole] = useState(false);
  const w = words().states;
  if (text.length <= FOLDED) return [text, null];
  if (text.length > SHOWN_AT_MOST) return [`${head(text)}…`, <button type="button" onClick={() => download(text, name)}>{w.download(text.length)}</button>];
  return [whole ? text : `${head(text)}…`, <button type="button" aria-expanded={whole} onClick={() => setWhole(!whole)}>{whole ? w.fold : w.unfold(text.length)}</button>];
}

/** The beginning of a text, without half a character at its end. */
export function head(text: string, units = FOLDED): string {
  const last = text.charCodeAt(units - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? units - 1 : units);
}

export function download(text: string | Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(typeof text === "string" ? new Blob([text], { type: "text/plain;charset=utf-8" }) : text);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
