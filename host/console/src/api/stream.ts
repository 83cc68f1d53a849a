/** A streamed answer: server-sent events over fetch, since an EventSource can carry neither a body nor a key. */

import { ApiError, answered } from "./call";
import type { Usage } from "./types";

export interface ChatRequest {
  model: string;
  messages: { role: string; content: string }[];
  plugins?: string[];
  variables?: Record<string, string>;
}

export interface Heard {
  /** The turn's id, which opens its trace. */
  begun: (id: string) => void;
  text: (text: string) => void;
  reasoning: (text: string) => void;
}

export interface StreamEnd {
  finish: string;
  usage: Usage | null;
}

interface Chunk {
  choices?: { delta?: { content?: string | null; reasoning_content?: string | null; refusal?: string | null }; finish_reason?: string | null }[];
  usage?: Usage | null;
  error?: { code: string; message: string };
}

/** Asks, and tells of the answer as it comes. Fails with the API's error, also where it comes in the middle. */
export async function chat(request: ChatRequest, heard: Heard, signal: AbortSignal): Promise<StreamEnd> {
  const body = JSON.stringify({ ...request, stream: true, stream_options: { include_usage: true } });
  const response = await answered("/v1/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, body, signal });
  const id = response.headers.get("x-request-id");
  if (id) heard.begun(id);
  const end: StreamEnd = { finish: "", usage: null };
  let whole = false;
  for await (const data of events(response)) {
    if (data === "[DONE]") {
      whole = true;
      break;
    }
    const chunk = JSON.parse(data) as Chunk;
    if (chunk.error) throw new ApiError(response.status, chunk.error.code, chunk.error.message, id, chunk);
    const choice = chunk.choices?.[0];
    if (choice?.delta?.content) heard.text(choice.delta.content);
    if (choice?.delta?.refusal) heard.text(choice.delta.refusal);
    if (choice?.delta?.reasoning_content) heard.reasoning(choice.delta.reasoning_content);
    if (choice?.finish_reason) end.finish = choice.finish_reason;
    if (chunk.usage) end.usage = chunk.usage;
  }
  if (!whole) throw new ApiError(response.status, "broken_stream", "the answer broke off before its end", id);
  return end;
}

/** The data of each event. */
async function* events(response: Response): AsyncGenerator<string> {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += value;
      const lines = rest.split(/\r?\n/);
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.startsWith("data:")) yield line.slice("data:".length).trim();
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
