/** The file with its lines numbered; lines with a mistake say it. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Problem } from "../../api/upkeep";
import { CopyButton } from "../../parts/copy";
import { LongText } from "../../parts/long";
import { Told } from "../../parts/told";
import { words } from "../../words";

/** A longer file is shown as a text. */
const MOST_LINES = 3_000;

export function Source({ text, path, problems }: { text: string; path: string; problems: Problem[] }): JSX.Element {
  const w = words().config;
  const lines = useMemo(() => text.replace(/\n$/, "").split("\n"), [text]);
  const wrong = new Map<number, Problem[]>();
  for (const problem of problems) if (problem.line !== null) wrong.set(problem.line, [...(wrong.get(problem.line) ?? []), problem]);
  return (
    <section class="card" aria-labelledby="source-title">
      <div class="head">
        <h2 id="source-title">{path.split("/").at(-1)} <span class="muted small">{w.lines(lines.length)}</span></h2>
        <CopyButton text={() => text} />
      </div>
      {lines.length > MOST_LINES ? <LongText text={text} name="host.toml" code /> : (
        <div class="source" tabIndex={0} role="region" aria-labelledby="source-title">
          {lines.map((line, index) => {
            const its = wrong.get(index + 1);
            return (
              <div key={index} id={`line-${index + 1}`} class={its ? "wrong" : ""} tabIndex={-1}>
                <span class="n">{index + 1}<span class="hidden">{w.lineEnd}</span></span>
                <code>{line || " "}</code>
                {its?.map((problem, n) => <span key={n} class="said">✗ <Told text={problem.message} fact={problem} /></span>)}
              </div>
            );
          })}
        </div>
      )}
    </section>
  );
}

export function showLine(line: number): void {
  const element = document.getElementById(`line-${line}`);
  element?.scrollIntoView({ block: "center" });
  element?.focus({ preventScroll: true });
}
