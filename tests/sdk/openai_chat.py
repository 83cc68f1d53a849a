"""OpenAI's own Python client against a host: python openai_chat.py URL. The Rust test plays the model."""

import sys

import openai
from openai import OpenAI
from pydantic import BaseModel

client = OpenAI(base_url=sys.argv[1] + "/v1", api_key="unused", max_retries=0)
question = [{"role": "user", "content": "你好"}]


class City(BaseModel):
    city: str


def stream(**more):
    with client.chat.completions.stream(model="plain", messages=question, **more) as events:
        seen = list(events)
        return [event.type for event in seen], seen, events.get_final_completion()


assert [model.id for model in client.models.list()] == ["plain"]
assert client.models.retrieve("plain").id == "plain"

# Chat, whole and streamed.
whole = client.chat.completions.create(model="plain", messages=question)
assert whole.choices[0].message.content == "你好呀", whole
assert whole.choices[0].finish_reason == "stop" and whole.usage.total_tokens == 10, whole
assert whole._request_id == whole.id, (whole._request_id, whole.id)
chunks = list(client.chat.completions.create(
    model="plain", messages=question, stream=True, stream_options={"include_usage": True}))
assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "你好呀", chunks
assert chunks[-1].usage.completion_tokens == 3, chunks[-1]

# The stream helper and what it says is done.
kinds, seen, final = stream()
assert kinds.count("content.done") == 1 and final.choices[0].message.content == "你好呀", kinds
assert [event.content for event in seen if event.type == "content.done"] == ["你好呀"]

# Tools: as they come, done, and answered.
tools = [openai.pydantic_function_tool(City, name="weather")]
kinds, seen, final = stream(tools=tools)
done = [event for event in seen if event.type == "tool_calls.function.arguments.done"]
assert len(done) == 1 and done[0].name == "weather" and done[0].parsed_arguments == City(city="北京"), seen
assert kinds.count("tool_calls.function.arguments.delta") >= 1, kinds
message = final.choices[0].message
assert final.choices[0].finish_reason == "tool_calls" and message.tool_calls[0].id, final
result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "晴"}
called = {"role": "assistant", "tool_calls": [call.model_dump(exclude={"function": {"parsed_arguments"}, "index": True}) for call in message.tool_calls]}
answer = client.chat.completions.create(model="plain", messages=[*question, called, result], tools=tools)
assert answer.choices[0].message.content == "北京晴", answer

# Reasoning, whole and streamed.
thought = client.chat.completions.create(model="plain", messages=question).choices[0].message
assert (thought.reasoning_content, thought.content) == ("先想", "再说"), thought
deltas = [chunk.choices[0].delta for chunk in client.chat.completions.create(
    model="plain", messages=question, stream=True) if chunk.choices]
assert "".join(getattr(delta, "reasoning_content", None) or "" for delta in deltas) == "先想", deltas
assert "".join(delta.content or "" for delta in deltas) == "再说", deltas

# Structured output, whole and streamed.
parsed = client.chat.completions.parse(model="plain", messages=question, response_format=City)
assert parsed.choices[0].message.parsed == City(city="北京"), parsed
kinds, seen, final = stream(response_format=City)
assert [event.parsed for event in seen if event.type == "content.done"] == [City(city="北京")], kinds

# Errors: before an answer, with a status, and in the middle of one.
try:
    client.chat.completions.create(model="absent", messages=question)
    raise SystemExit("an absent app answered")
except openai.NotFoundError as error:
    assert error.code == "model_not_found" and error.request_id.startswith("chatcmpl-"), error
try:
    client.chat.completions.create(model="plain", messages=question)
    raise SystemExit("a busy model answered")
except openai.RateLimitError as error:
    assert error.code == "model_busy" and error.response.headers["retry-after"] == "1", error
text = ""
try:
    for chunk in client.chat.completions.create(model="plain", messages=question, stream=True):
        text += chunk.choices[0].delta.content or ""
    raise SystemExit("a broken answer ended well")
except openai.APIError as error:
    assert text == "先说" and error.code == "model_failed", (text, error)
print("all is well with openai", openai.__version__)
