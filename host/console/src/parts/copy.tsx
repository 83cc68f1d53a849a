/** A button that copies a text, and says that it has. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { words } from "../words";

export function CopyButton({ text, label }: { text: () => string; label?: string }): JSX.Element {
  const [done, setDone] = useState<"no" | "yes" | "failed">("no");
  useEffect(() => {
    if (done === "no") return;
    const timer = setTimeout(() => setDone("no"), 2000);
    return () => clearTimeout(timer);
  }, [done]);
  const w = words().states;
  const said = done === "yes" ? w.copied : done === "failed" ? w.notCopied : (label ?? w.copy);
  const copy = () => put(text()).then(() => setDone("yes"), () => setDone("failed"));
  return <button type="button" onClick={copy} aria-live="polite">{said}</button>;
}

/** The clipboard is there on https and on this machine only; elsewhere a selection is copied as of old. */
async function put(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("not copied");
}
