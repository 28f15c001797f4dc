"""Asks once through each SDK at the addresses of RETAKE_FAULTS, and prints what the application got: one line of JSON for each."""

import importlib.metadata
import json
import os

import anthropic
import openai
from google import genai
from google.genai import types

question = "Count to four."


def ask_openai(url, streams, timeout):
    options = {} if timeout is None else {"timeout": timeout}
    client = openai.OpenAI(api_key="placeholder", base_url=f"{url}/v1", **options)
    request = {"model": "gpt-4o", "messages": [{"role": "user", "content": question}]}
    if not streams:
        choice = client.chat.completions.create(**request).choices[0]
        return {"text": choice.message.content, "finish": choice.finish_reason}
    text, finish = "", ""
    for piece in client.chat.completions.create(**request, stream=True):
        text += piece.choices[0].delta.content or ""
        finish = piece.choices[0].finish_reason or finish
    return {"text": text, "finish": finish}


def ask_anthropic(url, streams, timeout):
    options = {} if timeout is None else {"timeout": timeout}
    client = anthropic.Anthropic(api_key="placeholder", base_url=url, **options)
    messages = [{"role": "user", "content": question}]
    request = {"model": "claude", "max_tokens": 100, "messages": messages}
    if streams:
        with client.messages.stream(**request) as pieces:
            message = pieces.get_final_message()
    else:
        message = client.messages.create(**request)
    return {"text": "".join(block.text for block in message.content), "finish": message.stop_reason}


def ask_genai(url, streams, timeout):
    milliseconds = None if timeout is None else int(timeout * 1000)
    options = types.HttpOptions(base_url=url, timeout=milliseconds)
    client = genai.Client(api_key="placeholder", http_options=options)
    request = {"model": "gemini-2.5-flash", "contents": question}
    models = client.models
    replies = models.generate_content_stream(**request) if streams else [models.generate_content(**request)]
    text, finish = "", ""
    for reply in replies:
        candidate = reply.candidates[0]
        parts = (candidate.content and candidate.content.parts) or []
        text += "".join(part.text or "" for part in parts)
        finish = candidate.finish_reason.name if candidate.finish_reason else finish
    return {"text": text, "finish": finish}


sdks = {"openai": ask_openai, "anthropic": ask_anthropic, "google-genai": ask_genai}


def status_of(error):
    told = [getattr(error, name, None) for name in ["status_code", "code"]]
    return next((status for status in told if isinstance(status, int)), None)


for asked in json.loads(os.environ["RETAKE_FAULTS"]):
    sdk = asked["sdk"]
    try:
        outcome = sdks[sdk](asked["url"], asked["streams"], asked.get("timeout"))
    except Exception as error:
        outcome = {"raised": type(error).__name__, "status": status_of(error)}
    name = f"{sdk} {importlib.metadata.version(sdk)}"
    print(json.dumps({"sdk": name, "case": asked["case"], "outcome": outcome}), flush=True)
