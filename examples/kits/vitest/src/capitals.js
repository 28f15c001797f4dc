import OpenAI from 'openai';

// The client is created at import, and knows nothing of retake.
const client = new OpenAI();

/** The capital of a country; undefined if the model cannot be reached. */
export async function capitalOf(country) {
  try {
    const completion = await client.chat.completions.create({
      model: 'gpt-4o-mini',
      messages: [{role: 'user', content: `What is the capital of ${country}?`}],
      temperature: 0,
    });
    return completion.choices[0].message.content;
  } catch {
    return undefined;
  }
}
