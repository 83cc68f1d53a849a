/** The composer: the question, and what the request says besides. */

import type { JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useNarrow } from "../../frame/narrow";
import { type Pair, Pairs, record } from "../../parts/pairs";
import { words } from "../../words";
import { type Wishes, isAsking, stop } from "./talk";

export interface ComposerProps {
  disabled: boolean;
  /** Plugins that may be named in a request. */
  plugins: string[];
  /** Names of variables that the app knows. */
  names: string[];
  /** What the address puts into the field. */
  first: string;
  send: (question: string, wishes: Wishes) => void;
}

export function Composer({ disabled, plugins, names, first, send }: ComposerProps): JSX.Element {
  const w = words().chat;
  const [text, setText] = useState(first);
  const [forced, setForced] = useState<string[]>([]);
  const [variables, setVariables] = useState<Pair[]>([]);
  const area = useRef<HTMLTextAreaElement>(null);
  const isNarrow = useNarrow();
  useEffect(() => {
    if (!first) return;
    setText(first);
    area.current?.focus();
  }, [first]);
  /** When an input method last ended a word: the Enter that ended it may come after. */
  const composed = useRef(0);
  useLayoutEffect(() => {
    if (!area.current) return;
    area.current.style.height = "auto";
    area.current.style.height = `${Math.min(area.current.scrollHeight + 2, 220)}px`;
  }, [text]);
  const submit = () => {
    const question = text.trim();
    if (!question || disabled || isAsking()) return;
    setText("");
    send(question, { plugins: forced, variables: record(variables) });
    area.current?.focus();
  };
  const pressed = (event: TargetedKeyboardEvent<HTMLTextAreaElement>) => {
    // An input method takes Enter to end a word; some browsers send that key when they say that it has ended.
    const isComposing = event.isComposing || event.keyCode === 229 || event.timeStamp - composed.current < 50;
    if (event.key !== "Enter" || event.shiftKey || isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    <form class="composer" onSubmit={(event) => { event.preventDefault(); submit(); }}>
      <div class="line">
        <label class="hidden" for="question">{w.question}</label>
        <textarea
          id="question" ref={area} data-search rows={1} value={text} placeholder={isNarrow ? w.question : w.placeholder}
          onInput={(event) => setText(event.currentTarget.value)} onKeyDown={pressed}
          onCompositionEnd={(event) => (composed.current = event.timeStamp)}
        />
        {isAsking()
          ? <button type="button" onClick={stop}>{w.stop}</button>
          : <button type="submit" class="primary" disabled={disabled || !text.trim()}>{w.send}</button>}
      </div>
      <details class="wishes">
        <summary>{w.wishes}{forced.length + variables.length > 0 && ` (${forced.length + variables.length})`}</summary>
        {plugins.length > 0 && (
          <fieldset>
            <legend>{w.forced}</legend>
            {plugins.map((plugin) => (
              <label key={plugin} class="check">
                <input
                  type="checkbox" checked={forced.includes(plugin)}
                  onChange={(event) => setForced(event.currentTarget.checked ? [...forced, plugin] : forced.filter((other) => other !== plugin))}
                />
                {plugin}
              </label>
            ))}
          </fieldset>
        )}
        <Pairs pairs={variables} set={setVariables} names={names} />
      </details>
    </form>
  );
}
