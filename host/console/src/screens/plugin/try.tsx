/** A plugin alone with a question: what it gives, what it logs, what it asks for. */

import type { JSX, TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import { post, segment } from "../../api/call";
import type { PluginInfo, Tried } from "../../api/upkeep";
import { useAct } from "../../parts/act";
import { Select } from "../../parts/choose";
import { duration, size } from "../../parts/format";
import { Failed } from "../../parts/load";
import { LongText } from "../../parts/long";
import { type Pair, Pairs, record } from "../../parts/pairs";
import { Told } from "../../parts/told";
import { words } from "../../words";
import { Logs, Requests, Result, Searches } from "../trace/calls";
import { Refused } from "./grants";

export function TryRun({ plugin: { name, kind, used_by } }: { plugin: PluginInfo }): JSX.Element {
  const w = words().plugins;
  const [question, setQuestion] = useState("");
  const [app, setApp] = useState("");
  const [variables, setVariables] = useState<Pair[]>([]);
  const [tried, setTried] = useState<Tried | null>(null);
  const { isBusy: running, error, act } = useAct();
  const run = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    act(() => post<Tried>(`/v1/plugins/${segment(name)}/run`, kind === "formatter" ? { text: question } : { question, variables: record(variables), ...(app && { app }) }).then(setTried));
  };
  return (
    <details class="fold try">
      <summary><h3>{w.try}</h3></summary>
      <form class="correcting" onSubmit={run}>
        <p class="muted small">{kind === "formatter" ? w.tryFormatterHow : w.tryHow}</p>
        <label class="field">
          {kind === "formatter" ? w.text : words().chat.question}
          <textarea
            rows={kind === "formatter" ? 4 : 2} value={question} onInput={(event) => setQuestion(event.currentTarget.value)}
            onKeyDown={(event) => event.key === "Enter" && event.ctrlKey && !event.isComposing && event.currentTarget.form?.requestSubmit()}
          />
        </label>
        {kind !== "formatter" && used_by.length > 1 && (
          <Select isSeen label={words().chat.app} value={app} options={used_by.map(({ app }) => [app, app])} set={setApp} />
        )}
        {kind !== "formatter" && <Pairs pairs={variables} set={setVariables} />}
        <div class="buttons"><button type="submit" class="primary" disabled={running || !question.trim()}>{running ? w.trying : w.run}</button></div>
      </form>
      {error && <Failed error={error} />}
      {tried && !error && <Outcome tried={tried} />}
    </details>
  );
}

function Outcome({ tried: { contribution, text, logs = [], logs_dropped = 0, ms, memory, http = [], searches = [], denied = [], error } }: { tried: Tried }): JSX.Element {
  const w = words().trace;
  return (
    <div class="try-outcome" role="status">
      <p>
        <span class={`mark ${error ? "bad" : "good"}`}>{error ? w.error : contribution ? (w.kinds[contribution.kind] ?? contribution.kind) : words().plugins.done}</span>{" "}
        <span class="muted small">{ms !== undefined && duration(ms)}{memory !== undefined && ` · ${w.memory} ${size(memory)}`}</span>
      </p>
      {error && <p class="note bad"><Told text={error} /></p>}
      {denied.length > 0 && <ul class="grants">{denied.map((one) => <Refused key={one.what} denied={one} />)}</ul>}
      {contribution && <Result of={contribution} />}
      {typeof text === "string" && <LongText text={text} code />}
      <Searches searches={searches} />
      <Requests http={http} />
      <Logs logs={logs} dropped={logs_dropped} />
    </div>
  );
}
