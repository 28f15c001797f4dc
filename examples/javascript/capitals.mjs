// Asks one question through two SDKs. `retake run` tells both where to ask, so nothing here knows of retake.
import {GoogleGenAI} from '@google/genai';
import OpenAI from 'openai';

const question = 'What is the capital of France?';

const openai = new OpenAI();
const completion = await openai.chat.completions.create({
  model: 'gpt-4o',
  temperature: 0,
  messages: [{role: 'user', content: question}],
});
console.log('OpenAI:', completion.choices[0].message.content.trim());

const gemini = new GoogleGenAI({apiKey: process.env.GEMINI_API_KEY});
const stream = await gemini.models.generateContentStream({
  model: 'gemini-2.5-flash',
  contents: question,
  config: {temperature: 0},
});
let text = '';
for await (const chunk of stream) text += chunk.text ?? '';
console.log('Gemini:', text.trim());
