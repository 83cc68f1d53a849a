// OpenAI's own Node client against a host: node openai.mjs URL. The Rust test plays the model.

import assert from "node:assert/strict";
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";

const client = new OpenAI({ baseURL: `${process.argv[2]}/v1`, apiKey: "unused", maxRetries: 0 });
const messages = [{ role: "user", content: "你好" }];
const City = z.object({ city: z.string() });

/** What the stream helper says while an answer comes. */
async function stream(more = {}) {
  const said = [];
  const stream = client.chat.completions.stream({ model: "plain", messages, ...more });
  for (const name of ["content.done", "tool_calls.function.arguments.delta", "tool_calls.function.arguments.done", "refusal.done"]) {
    stream.on(name, (event) => said.push([name, event]));
  }
  const final = await stream.finalChatCompletion();
  return { said, choice: final.choices[0] };
}

assert.deepEqual((await client.models.list()).data.map((model) => model.id), ["plain"]);
assert.equal((await client.models.retrieve("plain")).id, "plain");

// Chat, whole and streamed.
const whole = await client.chat.completions.create({ model: "plain", messages });
assert.equal(whole.choices[0].message.content, "你好呀");
assert.equal(whole._request_id, whole.id);
let text = "";
let usage;
for await (const chunk of await client.chat.completions.create({
  model: "plain", messages, stream: true, stream_options: { include_usage: true },
})) {
  text += chunk.choices[0]?.delta?.content ?? "";
  usage = chunk.usage ?? usage;
}
assert.deepEqual([text, usage.total_tokens], ["你好呀", 10]);

// The stream helper and what it says is done.
const helped = await stream();
assert.deepEqual(helped.said.map(([name, event]) => [name, event.content]), [["content.done", "你好呀"]]);

// Tools: as they come, done, and answered.
const tools = [{ type: "function", function: { name: "weather", strict: true, parameters: {
  type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false,
} } }];
const called = await stream({ tools });
const done = called.said.filter(([name]) => name === "tool_calls.function.arguments.done");
assert.equal(done.length, 1, JSON.stringify(called.said));
assert.deepEqual([done[0][1].name, JSON.parse(done[0][1].arguments)], ["weather", { city: "北京" }]);
assert.equal(called.choice.finish_reason, "tool_calls");
const answer = await client.chat.completions.create({ model: "plain", tools, messages: [
  ...messages, called.choice.message, { role: "tool", tool_call_id: called.choice.message.tool_calls[0].id, content: "晴" },
] });
assert.equal(answer.choices[0].message.content, "北京晴");

// Reasoning, whole and streamed.
const thought = (await client.chat.completions.create({ model: "plain", messages })).choices[0].message;
assert.deepEqual([thought.reasoning_content, thought.content], ["先想", "再说"]);
let [thinking, saying] = ["", ""];
for await (const chunk of await client.chat.completions.create({ model: "plain", messages, stream: true })) {
  thinking += chunk.choices[0]?.delta?.reasoning_content ?? "";
  saying += chunk.choices[0]?.delta?.content ?? "";
}
assert.deepEqual([thinking, saying], ["先想", "再说"]);

// Structured output, whole and streamed.
const response_format = zodResponseFormat(City, "city");
const parsed = await client.chat.completions.parse({ model: "plain", messages, response_format });
assert.deepEqual(parsed.choices[0].message.parsed, { city: "北京" });
const streamed = await stream({ response_format });
assert.deepEqual(streamed.choice.message.parsed, { city: "北京" });
assert.deepEqual(streamed.said.map(([name, event]) => [name, event.parsed]), [["content.done", { city: "北京" }]]);

// Errors: before an answer, with a status, and in the middle of one.
const absent = await client.chat.completions.create({ model: "absent", messages }).catch((error) => error);
assert.ok(absent instanceof OpenAI.NotFoundError && absent.code === "model_not_found", String(absent));
assert.match(absent.requestID, /^chatcmpl-/);
const busy = await client.chat.completions.create({ model: "plain", messages }).catch((error) => error);
assert.ok(busy instanceof OpenAI.RateLimitError && busy.headers.get("retry-after") === "1", String(busy));
let before = "";
const broken = await (async () => {
  for await (const chunk of await client.chat.completions.create({ model: "plain", messages, stream: true })) {
    before += chunk.choices[0].delta.content ?? "";
  }
})().catch((error) => error);
assert.equal(before, "先说");
assert.equal(broken?.code, "model_failed", String(broken));
console.log("all is well with openai");
