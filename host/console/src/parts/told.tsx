/** A text of the host in the page's language. The English original can be pointed at; where there is only the English, it says so. */

import type { JSX } from "preact";
import type { Fact, NoteLine } from "../api/types";
import { words } from "../words";
import { said } from "../words/facts";

export interface ToldProps {
  text: string;
  fact?: Fact | undefined;
  class?: string;
}

/** The lines of a note. */
export function ToldLines({ lines }: { lines: NoteLine[] }): JSX.Element {
  return <>{lines.map((line, index) => <p key={index} class="small"><Told text={line.text} fact={line} /></p>)}</>;
}

export function Told({ text, fact, class: name }: ToldProps): JSX.Element {
  const known = said(text, fact);
  if (known === null) {
    return <span class={`told-text ${name ?? ""}`}><span lang="en">{text}</span> <span class="english">{words().told.english}</span></span>;
  }
  return <span class={`told-text ${name ?? ""}`} title={known === text ? undefined : text}>{known}</span>;
}
