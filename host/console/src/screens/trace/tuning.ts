/** Turns as a model is tuned with: for each the messages that were sent and the answer, one JSON object a line. */

import type { Trace } from "../../api/types";
import { messages } from "./messages";

/** The line of a turn; nothing where no model has answered it to its end, or its prompt is not whole in the trace. */
function lineOf({ model_calls, answer, error, finish_reason }: Trace): string | null {
  const call = model_calls.findLast(({ purpose }) => purpose === "answer");
  const sent = call && messages(call);
  if (!sent || !answer || error || finish_reason !== "stop") return null;
  return JSON.stringify({ messages: [...sent, { role: "assistant", content: answer }] });
}

/** The lines of an export, which may be longer than the page could hold at once. */
export async function tuningLines({ body }: Response): Promise<Blob> {
  const lines: string[] = [];
  const take = (line: string) => {
    const made = line && lineOf(JSON.parse(line) as Trace);
    if (made) lines.push(`${made}\n`);
  };
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    const parts = (rest + read.value).split("\n");
    rest = parts.pop() ?? "";
    parts.forEach(take);
  }
  take(rest);
  return new Blob(lines, { type: "application/x-ndjson" });
}
