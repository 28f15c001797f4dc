import json

import anthropic

from contract import address, asked, asked_base64, asked_file, see_broken_stream, see_error

model = asked["anthropic"]
settings = {"model": model, "temperature": 0, "max_tokens": asked["maxTokens"]}


def client():
    return anthropic.Anthropic(api_key="placeholder", base_url=address())


def user(content):
    return {"role": "user", "content": content}


def with_settings(options):
    """Sends a field that the types no longer have."""
    merged = {**settings, **options}
    temperature = merged.pop("temperature")
    return {**merged, "extra_body": {"temperature": temperature}}


def ask(messages, **options):
    return client().messages.create(messages=messages, **with_settings(options))


def text_of(message):
    return "".join(block.text for block in message.content if block.type == "text")


def start_stream(question):
    return client().messages.stream(messages=[user(question)], **with_settings({}))


def read_all(question, on_text):
    with start_stream(question) as pieces:
        for text in pieces.text_stream:
            on_text(text)
        return pieces.get_final_message()


def unary():
    message = ask([user(asked["unary"])])
    usage = message.usage
    return {
        "text": text_of(message),
        "inputTokens": usage.input_tokens,
        "outputTokens": usage.output_tokens,
    }


def stream():
    pieces = []
    message = read_all(asked["stream"], pieces.append)
    return {"pieces": pieces, "outputTokens": message.usage.output_tokens}


def system():
    wanted = asked["system"]
    return {"text": text_of(ask([user(wanted["question"])], system=wanted["instruction"]))}


def multi_turn():
    said, answered, question = asked["multi-turn"]
    return {"text": text_of(ask([user(said), {"role": "assistant", "content": answered}, user(question)]))}


def structured_output():
    wanted = asked["structured output"]
    output_config = {"format": {"type": "json_schema", "schema": wanted["schema"]}}
    return json.loads(text_of(ask([user(wanted["question"])], output_config=output_config)))


def tool_loop():
    wanted = asked["tool loop"]
    described = {key: wanted[key] for key in ["name", "description"]}
    tools = [{**described, "input_schema": wanted["parameters"]}]
    question = user(wanted["question"])
    message = ask([question], tools=tools, tool_choice={"type": "any"})
    [call] = [block for block in message.content if block.type == "tool_use"]
    told = {"type": "tool_result", "tool_use_id": call.id, "content": json.dumps(wanted["result"])}
    answer = ask([question, {"role": "assistant", "content": message.content}, user([told])], tools=tools)
    return {"name": call.name, "arguments": call.input, "text": text_of(answer)}


def ask_about(case, kind, media_type):
    source = {"type": "base64", "media_type": media_type, "data": asked_base64(case)}
    content = [{"type": kind, "source": source}, {"type": "text", "text": asked[case]["question"]}]
    return {"text": text_of(ask([user(content)]))}


def token_count():
    counted = client().messages.count_tokens(model=model, messages=[user(asked["token count"])])
    return {"tokens": counted.input_tokens}


def models():
    ids = [found.id for found in client().models.list()]
    return {"listed": len(ids) > 0, "found": client().models.retrieve(model).id == model}


def upload():
    file = client().files.upload(file=asked_file("PDF"))
    content = [
        {"type": "document", "source": {"type": "file", "file_id": file.id}},
        {"type": "text", "text": asked["PDF"]["question"]},
    ]
    message = ask([user(content)])
    client().files.delete(file.id)
    return {"text": text_of(message)}


def abort():
    with start_stream(asked["abort in mid-stream"]) as pieces:
        return {"text": next(iter(pieces.text_stream))}


cases = {
    "unary": unary,
    "stream": stream,
    "system": system,
    "multi-turn": multi_turn,
    "structured output": structured_output,
    "tool loop": tool_loop,
    "image": lambda: ask_about("image", "image", "image/png"),
    "PDF": lambda: ask_about("PDF", "document", "application/pdf"),
    "token count": token_count,
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
