/** Mistakes in a configuration: where each is, what it is, and how it is mended. */

import type { JSX } from "preact";
import type { Problem } from "../api/upkeep";
import { Told } from "./told";
import { said } from "../words/facts";
import { words } from "../words";

export interface ProblemsProps {
  problems: Problem[];
  /** Shows a line of the file, where the file is on the page. */
  jump?: ((line: number) => void) | undefined;
}

export function Problems({ problems, jump }: ProblemsProps): JSX.Element | null {
  const w = words().config;
  if (problems.length === 0) return null;
  return (
    <ol class="problems">
      {problems.map((problem, index) => {
        const { where, line } = problem;
        return (
          <li key={index} data-line={line ?? undefined}>
            <p>
              {line && <><b>{w.line(line)}</b> </>}
              {where && <code>{where}</code>}
              {jump && line && <button type="button" class="quiet" aria-label={w.jumpTo(line)} onClick={() => jump(line)}>{w.jump}</button>}
            </p>
            <Words problem={problem} />
          </li>
        );
      })}
    </ol>
  );
}

/** A fact says what is wrong and what to do in one; without its name the cause and the mend are the host's. */
function Words({ problem: { message, mend, ...fact } }: { problem: Problem }): JSX.Element {
  const whole = mend ? `${message}; ${mend}` : message;
  if (said(whole, fact) !== null) return <p><Told text={whole} fact={fact} /></p>;
  return (
    <>
      <p><Told text={message} /></p>
      {mend && <p class="muted">→ <Told text={mend} /></p>}
    </>
  );
}
