// Vercel's AI SDK with its client for OpenAI-compatible servers against a host: node ai.mjs URL. The Rust test plays
// the model.

import assert from "node:assert/strict";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { Output, APICallError, generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

const host = createOpenAICompatible({
  name: "qianfan-host", baseURL: `${process.argv[2]}/v1`, apiKey: "unused", includeUsage: true, supportsStructuredOutputs: true,
});
const model = host("plain");
const messages = [{ role: "user", content: "你好" }];
const City = z.object({ city: z.string() });
const all = { model, messages, maxRetries: 0 };

/** The parts of a stream, with the errors it ends with. */
async function parts(stream) {
  const parts = [];
  for await (const part of stream.fullStream) parts.push(part);
  return parts;
}
const texts = (parts, type) => parts.filter((part) => part.type === type).map((part) => part.text ?? "").join("");

// Chat, whole and streamed.
const whole = await generateText(all);
assert.deepEqual([whole.text, whole.finishReason, whole.usage.totalTokens], ["你好呀", "stop", 10]);
const streamed = streamText(all);
const said = await parts(streamed);
assert.equal(texts(said, "text-delta"), "你好呀");
assert.equal(said.filter((part) => part.type === "text-end").length, 1);
assert.equal((await streamed.usage).totalTokens, 10);

// Tools: as they come, called, and answered in a second step.
const calling = streamText({
  ...all, stopWhen: stepCountIs(2),
  tools: { weather: tool({ inputSchema: City, execute: async ({ city }) => `${city}：晴` }) },
});
const steps = await parts(calling);
for (const type of ["tool-input-start", "tool-input-end", "tool-call", "tool-result"]) {
  assert.equal(steps.filter((part) => part.type === type).length, 1, type);
}
assert.deepEqual(steps.find((part) => part.type === "tool-call").input, { city: "北京" });
assert.equal(texts(steps, "text-delta"), "北京晴");

// Reasoning, whole and streamed.
const thought = await generateText(all);
assert.deepEqual([thought.reasoningText, thought.text], ["先想", "再说"]);
const thinking = await parts(streamText(all));
assert.deepEqual([texts(thinking, "reasoning-delta"), texts(thinking, "text-delta")], ["先想", "再说"]);

// Structured output, whole and streamed.
const output = Output.object({ schema: City });
assert.deepEqual((await generateText({ ...all, output })).output, { city: "北京" });
const object = streamText({ ...all, output });
await parts(object);
assert.deepEqual(await object.output, { city: "北京" });

// Errors: before an answer, with a status, and in the middle of one.
const absent = await generateText({ ...all, model: host("absent") }).catch((error) => error);
assert.ok(APICallError.isInstance(absent) && absent.statusCode === 404 && /no app/.test(absent.message), String(absent));
const busy = await generateText(all).catch((error) => error);
assert.ok(busy.statusCode === 429 && busy.isRetryable, String(busy));
const broken = await parts(streamText({ ...all, onError: () => {} }));
assert.equal(texts(broken, "text-delta"), "先说");
assert.match(JSON.stringify(broken.find((part) => part.type === "error")?.error) + String(broken.find((part) => part.type === "error")?.error?.message ?? ""), /whole answer/);
console.log("all is well with ai");
