/** What would be written: lines that go and lines that come, told by their signs as well as by their colours. */

import type { JSX } from "preact";
import { words } from "../words";

export function Diff({ text, of }: { text: string; of?: string | undefined }): JSX.Element {
  const lines = text.replace(/\n$/, "").split("\n");
  return (
    <pre class="diff" tabIndex={0} aria-label={words().change.diff}>
      {of && <span class="muted">{`[${of}]\n`}</span>}
      {lines.map((line, index) => {
        // The first lines may name the files.
        const isHead = index < 2 && /^(---|\+\+\+) /.test(line);
        const Line = isHead ? "span" : line.startsWith("+") ? "ins" : line.startsWith("-") ? "del" : "span";
        return <Line key={index}>{`${line}\n`}</Line>;
      })}
    </pre>
  );
}
