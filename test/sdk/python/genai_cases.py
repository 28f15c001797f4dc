import json

from google import genai
from google.genai import types

from contract import address, asked, asked_file, see_broken_stream, see_error, see_vectors

model = asked["gemini"]
settings = {"temperature": 0, "max_output_tokens": asked["maxTokens"]}


# A client closes its connections when it is garbage-collected, even during an answer.
clients = {}


def client():
    url = address()
    if url not in clients:
        clients[url] = genai.Client(api_key="placeholder", http_options=types.HttpOptions(base_url=url))
    return clients[url]


def ask(contents, **config):
    return client().models.generate_content(model=model, contents=contents, config={**settings, **config})


def read_all(question, on_text):
    last = None
    for piece in client().models.generate_content_stream(model=model, contents=question, config=settings):
        if piece.text:
            on_text(piece.text)
        last = piece
    return last


def unary():
    reply = ask(asked["unary"])
    usage = reply.usage_metadata
    return {
        "text": reply.text,
        "inputTokens": usage.prompt_token_count,
        "outputTokens": usage.candidates_token_count,
    }


def stream():
    pieces = []
    last = read_all(asked["stream"], pieces.append)
    return {"pieces": pieces, "outputTokens": last.usage_metadata.candidates_token_count}


def system():
    return {"text": ask(asked["system"]["question"], system_instruction=asked["system"]["instruction"]).text}


def multi_turn():
    roles = ["user", "model", "user"]
    contents = [{"role": role, "parts": [{"text": text}]} for role, text in zip(roles, asked["multi-turn"])]
    return {"text": ask(contents).text}


def structured_output():
    wanted = asked["structured output"]
    reply = ask(
        wanted["question"],
        response_mime_type="application/json",
        response_json_schema=wanted["schema"],
    )
    return json.loads(reply.text)


def tool_loop():
    wanted = asked["tool loop"]
    declaration = {
        "name": wanted["name"],
        "description": wanted["description"],
        "parameters_json_schema": wanted["parameters"],
    }
    tools = [{"function_declarations": [declaration]}]
    user = types.Content(role="user", parts=[types.Part(text=wanted["question"])])
    reply = ask([user], tools=tools, tool_config={"function_calling_config": {"mode": "ANY"}})
    [call] = reply.function_calls
    response = types.FunctionResponse(id=call.id, name=call.name, response=wanted["result"])
    told = types.Content(role="user", parts=[types.Part(function_response=response)])
    answer = ask([user, reply.candidates[0].content, told], tools=tools)
    return {"name": call.name, "arguments": call.args, "text": answer.text}


def ask_about(case, mime_type):
    part = types.Part.from_bytes(data=asked_file(case).read_bytes(), mime_type=mime_type)
    return {"text": ask([part, asked[case]["question"]]).text}


def candidates():
    reply = ask(asked["candidates"], candidate_count=2)
    return {"texts": [candidate.content.parts[0].text for candidate in reply.candidates]}


def logprobs():
    wanted = asked["logprobs"]
    result = ask(wanted["question"], response_logprobs=True, logprobs=wanted["top"]).candidates[0].logprobs_result
    return {
        "tokens": [chosen.token for chosen in result.chosen_candidates],
        "alternatives": [len(top.candidates) for top in result.top_candidates],
    }


def token_count():
    return {"tokens": client().models.count_tokens(model=model, contents=asked["token count"]).total_tokens}


def embeddings():
    reply = client().models.embed_content(model=asked["geminiEmbedding"], contents=asked["embeddings"])
    return see_vectors([embedding.values for embedding in reply.embeddings])


def models():
    names = [found.name for found in client().models.list()]
    return {"listed": len(names) > 0, "found": client().models.get(model=model).name == f"models/{model}"}


def upload():
    file = client().files.upload(file=asked_file("PDF"), config={"mime_type": "application/pdf"})
    reply = ask([file, asked["PDF"]["question"]])
    client().files.delete(name=file.name)
    return {"text": reply.text}


def abort():
    question = asked["abort in mid-stream"]
    answers = client().models.generate_content_stream(model=model, contents=question, config=settings)
    text = next(piece.text for piece in answers if piece.text)
    answers.close()
    return {"text": text}


cases = {
    "unary": unary,
    "stream": stream,
    "system": system,
    "multi-turn": multi_turn,
    "structured output": structured_output,
    "tool loop": tool_loop,
    "image": lambda: ask_about("image", "image/png"),
    "PDF": lambda: ask_about("PDF", "application/pdf"),
    "candidates": candidates,
    "logprobs": logprobs,
    "token count": token_count,
    "embeddings": embeddings,
    "models": models,
    "upload": upload,
    "error shapes": lambda: see_error(lambda: ask(asked["error shapes"], temperature=9)),
    "a miss": lambda: see_error(lambda: ask(asked["a miss"])),
    "failure": lambda: see_error(lambda: ask(asked["failure"])),
    "failure in mid-stream": lambda: see_broken_stream(
        lambda on_text: read_all(asked["failure in mid-stream"], on_text)
    ),
    "abort in mid-stream": abort,
}
