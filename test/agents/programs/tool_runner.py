"""Asks Anthropic's tool runner a question that needs a tool, and prints its answer."""

from anthropic import Anthropic, beta_tool


@beta_tool
def read_notes(file: str) -> str:
    """Reads a file of notes.

    Args:
        file: The name of the file.
    """
    with open(file, encoding="utf-8") as notes:
        return notes.read()


runner = Anthropic().beta.messages.tool_runner(
    model="claude-opus-5",
    max_tokens=100,
    tools=[read_notes],
    messages=[{"role": "user", "content": "Which word is in notes.txt?"}],
)
print("".join(block.text for block in runner.until_done().content))
