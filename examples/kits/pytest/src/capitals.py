import openai

# The client is created at import, and knows nothing of retake.
client = openai.OpenAI()


def capital_of(country: str) -> str | None:
    """The capital of a country; None if the model cannot be reached."""
    try:
        completion = client.chat.completions.create(
            model="gpt-4o-mini",
            messages=[{"role": "user", "content": f"What is the capital of {country}?"}],
            temperature=0,
        )
    except openai.APIError:
        return None
    return completion.choices[0].message.content
