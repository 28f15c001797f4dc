import OpenAI from 'openai';

/** The capital of a country; undefined if the model cannot be reached. */
export async function capitalOf(country, baseURL = process.env.OPENAI_BASE_URL) {
  const client = new OpenAI({baseURL});
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
