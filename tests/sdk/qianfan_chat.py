"""Qianfan's own Python client against a host: python qianfan_chat.py URL. The Rust test plays the model."""

import os
import sys

os.environ.update(
    QIANFAN_CONSOLE_API_BASE_URL=sys.argv[1], QIANFAN_BASE_URL=sys.argv[1], QIANFAN_BEARER_TOKEN="unused",
    QIANFAN_LLM_API_RETRY_COUNT="1", QIANFAN_DISABLE_EB_SDK="true", QIANFAN_ENABLE_STREAM_RESPONSE_TIME_COUNT="false")

import qianfan

chat = qianfan.ChatCompletion(version="2", model="plain")
question = [{"role": "user", "content": "你好"}]

# Chat, whole and streamed.
whole = chat.do(messages=question)
assert whole["choices"][0]["message"]["content"] == "你好呀", whole.body
assert whole["usage"]["total_tokens"] == 10 and whole["id"].startswith("as-"), whole.body
pieces = list(chat.do(messages=question, stream=True))
assert "".join(piece["choices"][0]["delta"].get("content") or "" for piece in pieces if piece["choices"]) == "你好呀", pieces

# Tools.
tools = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}]
called = chat.do(messages=question, tools=tools)["choices"][0]
assert called["finish_reason"] == "tool_calls", called
assert called["message"]["tool_calls"][0]["function"] == {"name": "weather", "arguments": '{"city": "北京"}'}, called
result = {"role": "tool", "tool_call_id": called["message"]["tool_calls"][0]["id"], "content": "晴"}
answer = chat.do(messages=[*question, called["message"], result], tools=tools)
assert answer["choices"][0]["message"]["content"] == "北京晴", answer.body

# Reasoning, and JSON.
thought = chat.do(messages=question)["choices"][0]["message"]
assert (thought["reasoning_content"], thought["content"]) == ("先想", "再说"), thought
structured = chat.do(messages=question, response_format={"type": "json_object"})
assert structured["choices"][0]["message"]["content"] == '{"city": "北京"}', structured.body

# Errors.
try:
    chat.do(model="absent", messages=question)
    raise SystemExit("an absent app answered")
except qianfan.errors.RequestError as error:
    assert error.status_code == 404 and "model_not_found" in str(error), error
try:
    chat.do(messages=question)
    raise SystemExit("a busy model answered")
except qianfan.errors.RequestError as error:
    assert error.status_code == 429 and "model_busy" in str(error), error
print("all is well with qianfan", qianfan.__version__)
