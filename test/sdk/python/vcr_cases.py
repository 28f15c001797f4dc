"""Asks the three APIs through their SDKs, recorded by vcrpy, or answered by retake. Prints what an application sees, one line of JSON each.

    vcr_cases.py record ADDRESS CASSETTE    records into a cassette of vcrpy, as if the server were the real hosts
    vcr_cases.py replay ADDRESS
"""

import contextlib
import json
import sys

import anthropic
import openai
import vcr
from google import genai
from google.genai import types

mode, address, *rest = sys.argv[1:]

HOSTS = {"/v1/messages": "api.anthropic.com", "/v1beta/": "generativelanguage.googleapis.com"}


def at_the_real_host(request):
    path = request.uri.removeprefix(address)
    host = next((host for start, host in HOSTS.items() if path.startswith(start)), "api.openai.com")
    request.uri = f"https://{host}{path}"
    return request


def recording():
    if mode == "replay":
        return contextlib.nullcontext()
    return vcr.use_cassette(
        rest[0],
        record_mode="all",
        before_record_request=at_the_real_host,
        filter_headers=["authorization", "x-api-key", "x-goog-api-key"],
    )


def show(name, seen):
    print(json.dumps({"case": name, "seen": seen}, ensure_ascii=False), flush=True)


def ask():
    client = openai.OpenAI(base_url=f"{address}/v1", api_key="sk-of-mine", max_retries=0)
    question = [{"role": "user", "content": "Capital of France?"}]
    chat = client.chat.completions.create(model="gpt-4o", messages=question)
    show("openai chat", [chat.id, chat.choices[0].message.content, chat.usage.total_tokens])
    stream = client.chat.completions.create(model="gpt-4o", messages=question, stream=True)
    show("openai stream", [chunk.choices[0].delta.content for chunk in stream if chunk.choices])
    weather = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}
    call = client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "Which weather?"}], tools=[weather]
    )
    show("openai tools", [each.function.arguments for each in call.choices[0].message.tool_calls])
    response = client.responses.create(model="gpt-4o", input="Capital of France?")
    show("openai responses", [response.id, response.output_text])
    for _ in range(3):
        joke = client.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": "Tell a joke"}]
        )
        show("openai again", joke.choices[0].message.content)
    vector = client.embeddings.create(model="text-embedding-3-small", input="red")
    show("openai embedding", vector.data[0].embedding[:3])
    flagged = client.moderations.create(model="omni-moderation-latest", input="a")
    show("openai moderation", flagged.results[0].flagged)

    claude = anthropic.Anthropic(base_url=address, api_key="sk-ant-of-mine", max_retries=0)
    message = claude.messages.create(model="claude-sonnet-4-5", max_tokens=50, messages=question)
    show("anthropic message", [message.id, message.content[0].text])
    with claude.messages.stream(model="claude-sonnet-4-5", max_tokens=50, messages=question) as events:
        show("anthropic stream", list(events.text_stream))

    gemini = genai.Client(api_key="of-mine", http_options=types.HttpOptions(base_url=address, api_version="v1beta"))
    content = gemini.models.generate_content(model="gemini-2.5-flash", contents="Capital of France?")
    show("gemini content", content.text)
    parts = gemini.models.generate_content_stream(model="gemini-2.5-flash", contents="Capital of France?")
    show("gemini stream", [part.text for part in parts])


def refused():
    client = openai.OpenAI(base_url=f"{address}/v1", api_key="sk-of-mine", max_retries=0)
    with contextlib.suppress(openai.APIStatusError):
        client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "Fail"}])


with recording():
    ask()
    if mode == "record":
        refused()
