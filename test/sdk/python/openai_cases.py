import json

import openai

from contract import address, asked, asked_base64, asked_file, see_broken_stream, see_error, see_vectors

model = asked["openai"]
settings = {"model": model, "temperature": 0, "max_completion_tokens": asked["maxTokens"]}


def client():
    return openai.OpenAI(api_key="placeholder", base_url=f"{address()}/v1")


def user(content):
    return {"role": "user", "content": content}


def ask(messages, **options):
    return client().chat.completions.create(messages=messages, **{**settings, **options})


def text_of(completion):
    return completion.choices[0].message.content


def start_stream(question):
    options = {"stream": True, "stream_options": {"include_usage": True}}
    return ask([user(question)], **options)


def read_all(question, on_text):
    last = None
    for piece in start_stream(question):
        if piece.choices and piece.choices[0].delta.content:
            on_text(piece.choices[0].delta.content)
        last = piece
    return last


def unary():
    completion = ask([user(asked["unary"])])
    usage = completion.usage
    return {
        "text": text_of(completion),
        "inputTokens": usage.prompt_tokens,
        "outputTokens": usage.completion_tokens,
    }


def stream():
    pieces = []
    last = read_all(asked["stream"], pieces.append)
    return {"pieces": pieces, "outputTokens": last.usage.completion_tokens}


def system():
    instruction = {"role": "system", "content": asked["system"]["instruction"]}
    return {"text": text_of(ask([instruction, user(asked["system"]["question"])]))}


def multi_turn():
    said, answered, question = asked["multi-turn"]
    return {"text": text_of(ask([user(said), {"role": "assistant", "content": answered}, user(question)]))}


def structured_output():
    wanted = asked["structured output"]
    json_schema = {"name": wanted["name"], "strict": True, "schema": wanted["schema"]}
    response_format = {"type": "json_schema", "json_schema": json_schema}
    return json.loads(text_of(ask([user(wanted["question"])], response_format=response_format)))


def tool_loop():
    wanted = asked["tool loop"]
    function = {key: wanted[key] for key in ["name", "description", "parameters"]}
    tools = [{"type": "function", "function": function}]
    question = user(wanted["question"])
    message = ask([question], tools=tools, tool_choice="required").choices[0].message
    [call] = message.tool_calls
    told = {"role": "tool", "tool_call_id": call.id, "content": json.dumps(wanted["result"])}
    answer = ask([question, message, told], tools=tools)
    return {
        "name": call.function.name,
        "arguments": json.loads(call.function.arguments),
        "text": text_of(answer),
    }


def ask_about(case, part):
    return {"text": text_of(ask([user([part, {"type": "text", "text": asked[case]["question"]}])]))}


def image():
    url = f"data:image/png;base64,{asked_base64('image')}"
    return ask_about("image", {"type": "image_url", "image_url": {"url": url}})


def pdf():
    file_data = f"data:application/pdf;base64,{asked_base64('PDF')}"
    return ask_about("PDF", {"type": "file", "file": {"filename": "document.pdf", "file_data": file_data}})


def candidates():
    return {"texts": [choice.message.content for choice in ask([user(asked["candidates"])], n=2).choices]}


def logprobs():
    wanted = asked["logprobs"]
    content = (
        ask([user(wanted["question"])], logprobs=True, top_logprobs=wanted["top"]).choices[0].logprobs.content
    )
    return {
        "tokens": [told.token for told in content],
        "alternatives": [len(told.top_logprobs) for told in content],
    }


def token_count():
    counted = client().responses.input_tokens.count(model=model, input=asked["token count"])
    return {"tokens": counted.input_tokens}


def embeddings():
    reply = client().embeddings.create(model=asked["openaiEmbedding"], input=asked["embeddings"])
    return see_vectors([told.embedding for told in reply.data])


def models():
    ids = [found.id for found in client().models.list()]
    return {"listed": len(ids) > 0, "found": client().models.retrieve(model).id == model}


def upload():
    file = client().files.create(file=asked_file("PDF"), purpose="user_data")
    seen = ask_about("PDF", {"type": "file", "file": {"file_id": file.id}})
    client().files.delete(file.id)
    return seen


def abort():
    with start_stream(asked["abort in mid-stream"]) as pieces:
        texts = (piece.choices[0].delta.content for piece in pieces if piece.choices)
        return {"text": next(text for text in texts if text)}


cases = {
    "unary": unary,
    "stream": stream,
    "system": system,
    "multi-turn": multi_turn,
    "structured output": structured_output,
    "tool loop": tool_loop,
    "image": image,
    "PDF": pdf,
    "candidates": candidates,
    "logprobs": logprobs,
    "token count": token_count,
    "embeddings": embeddings,
    "models": models,
    "upload": upload,
    "error shapes": lambda: see_error(lambda: ask([user(asked["error shapes"])], temperature=9)),
    "a miss": lambda: see_error(lambda: ask([user(asked["a miss"])])),
    "failure": lambda: see_error(lambda: ask([user(asked["failure"])])),
    "failure in mid-stream": lambda: see_broken_stream(
        lambda on_text: read_all(asked["failure in mid-stream"], on_text)
    ),
    "abort in mid-stream": abort,
}
