/** The talk: what was said so far. It lives as long as the page, so that another screen may be looked at meanwhile. */

import { signal } from "@preact/signals";
import { ApiError, get } from "../../api/call";
import { chat } from "../../api/stream";
import { asError } from "../../parts/act";
import type { Trace, Usage } from "../../api/types";

export interface Exchange {
  app: string;
  question: string;
  answer: string;
  reasoning: string;
  /** The turn's id, once the host has said it. */
  id: string | null;
  state: "asking" | "done" | "failed" | "stopped";
  error: Error | null;
  usage: Usage | null;
  trace: Trace | null;
}

export const talk = signal<readonly Exchange[]>([]);

let asking: AbortController | null = null;

export function isAsking(): boolean {
  return talk.value.at(-1)?.state === "asking";
}

export function begin(): void {
  asking?.abort();
  talk.value = [];
}

export function stop(): void {
  asking?.abort();
}

export interface Wishes {
  plugins: string[];
  variables: Record<string, string>;
}

/** What was said before the next question to this app: since the last question to another one, whose answers are not this one's. */
function before(app: string): Exchange[] {
  const other = talk.value.findLastIndex((exchange) => exchange.app !== app);
  return talk.value.slice(other + 1).filter(({ state, answer }) => state === "done" && answer);
}

/** Asks the app, with what it was asked before. */
export async function ask(app: string, question: string, { plugins, variables }: Wishes): Promise<void> {
  const messages = before(app).flatMap(({ question, answer }) => [{ role: "user", content: question }, { role: "assistant", content: answer }]);
  messages.push({ role: "user", content: question });
  const place = talk.value.length;
  const fresh: Exchange = { app, question, answer: "", reasoning: "", id: null, state: "asking", error: null, usage: null, trace: null };
  talk.value = [...talk.value, fresh];
  const mine = (asking = new AbortController());
  const change = (change: Partial<Exchange>) => {
    // A new talk may have begun meanwhile.
    if (asking === mine) talk.value = talk.value.map((exchange, index) => (index === place ? { ...exchange, ...change } : exchange));
  };
  let answer = "";
  let reasoning = "";
  // Many small pieces come at once; the page is drawn once for all of them.
  let frame = 0;
  const soon = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      change({ answer, reasoning });
    });
  };
  let id: string | null = null;
  try {
    const end = await chat(
      {
        model: app, messages,
        ...(plugins.length > 0 && { plugins }),
        ...(Object.keys(variables).length > 0 && { variables }),
      },
      {
        begun: (turn) => change({ id: (id = turn) }),
        text: (text) => ((answer += text), soon()),
        reasoning: (text) => ((reasoning += text), soon()),
      },
      mine.signal,
    );
    cancelAnimationFrame(frame);
    change({ answer, reasoning, state: "done", usage: end.usage });
  } catch (error) {
    cancelAnimationFrame(frame);
    const told = asError(error);
    if (told instanceof ApiError) id ??= told.request;
    change(mine.signal.aborted ? { answer, reasoning, state: "stopped", id } : { answer, reasoning, state: "failed", error: told, id });
  }
  if (id !== null) change({ trace: await traceOf(id) });
}

/** A turn's trace; it is kept a moment after the answer's end. */
async function traceOf(id: string): Promise<Trace | null> {
  for (let tries = 0; tries < 20; tries += 1) {
    try {
      return await get<Trace>(`/v1/traces/${encodeURIComponent(id)}`);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) return null;
    }
    await new Promise((wake) => setTimeout(wake, 100));
  }
  return null;
}
