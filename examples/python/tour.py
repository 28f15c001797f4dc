"""Six ways to ask Gemini through google-genai. Only the base URL is not Google's."""

import json
import os
import pathlib

from google import genai
from google.genai import types

base_url = os.environ.get("RETAKE_URL", "http://localhost:8090")
client = genai.Client(api_key="any", http_options=types.HttpOptions(base_url=base_url))
model = "gemini-2.5-flash"
settings = {"temperature": 0, "max_output_tokens": 30}


def ask(contents, **config):
    return client.models.generate_content(model=model, contents=contents, config={**settings, **config})


print("Text:", ask("What is the capital of France?").text.strip())

pieces = client.models.generate_content_stream(
    model=model, contents="What is the capital of Italy?", config=settings
)
print("Stream:", "".join(piece.text or "" for piece in pieces).strip())

schema = {
    "type": "object",
    "properties": {"capital": {"type": "string"}, "country": {"type": "string"}},
    "required": ["capital", "country"],
}
structured = ask(
    "Tell me the capital of Germany as JSON.",
    response_mime_type="application/json",
    response_json_schema=schema,
)
print("Structured output:", json.loads(structured.text)["capital"])

declaration = {
    "name": "get_temperature",
    "description": "Tells the temperature of a city.",
    "parameters_json_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}
tools = ask(
    "How warm is it in Oslo?",
    tools=[{"function_declarations": [declaration]}],
    tool_config={"function_calling_config": {"mode": "ANY"}},
)
[call] = tools.function_calls
print("Tools:", call.name, json.dumps(call.args, separators=(",", ":")))

order = pathlib.Path(__file__).parent.parent / "order.pdf"
part = types.Part.from_bytes(data=order.read_bytes(), mime_type="application/pdf")
print("PDF:", "answered" if ask([part, "What is the number of this order?"]).text else "no answer")

reply = client.models.embed_content(
    model="gemini-embedding-001", contents=["A cat sleeps.", "It rains in Oslo."]
)
print("Embeddings:", " and ".join(str(len(told.values)) for told in reply.embeddings), "numbers")
