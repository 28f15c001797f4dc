// Six ways to ask Gemini through @google/genai. Only the base URL is not Google's.
import {readFileSync} from 'node:fs';
import {GoogleGenAI} from '@google/genai';

const baseUrl = process.env.RETAKE_URL ?? 'http://localhost:8090';
const {models} = new GoogleGenAI({apiKey: 'any', httpOptions: {baseUrl}});
const model = 'gemini-2.5-flash';
const settings = {temperature: 0, maxOutputTokens: 30};

const text = await models.generateContent({
  model,
  contents: 'What is the capital of France?',
  config: settings,
});
console.log('Text:', text.text.trim());

const stream = await models.generateContentStream({
  model,
  contents: 'What is the capital of Italy?',
  config: settings,
});
let streamed = '';
for await (const piece of stream) streamed += piece.text ?? '';
console.log('Stream:', streamed.trim());

const schema = {
  type: 'object',
  properties: {capital: {type: 'string'}, country: {type: 'string'}},
  required: ['capital', 'country'],
};
const structured = await models.generateContent({
  model,
  contents: 'Tell me the capital of Germany as JSON.',
  config: {...settings, responseMimeType: 'application/json', responseJsonSchema: schema},
});
console.log('Structured output:', JSON.parse(structured.text).capital);

const declaration = {
  name: 'get_temperature',
  description: 'Tells the temperature of a city.',
  parametersJsonSchema: {type: 'object', properties: {city: {type: 'string'}}, required: ['city']},
};
const tools = await models.generateContent({
  model,
  contents: 'How warm is it in Oslo?',
  config: {
    ...settings,
    tools: [{functionDeclarations: [declaration]}],
    toolConfig: {functionCallingConfig: {mode: 'ANY'}},
  },
});
const [call] = tools.functionCalls;
console.log('Tools:', call.name, JSON.stringify(call.args));

const data = readFileSync(new URL('../order.pdf', import.meta.url)).toString('base64');
const about = await models.generateContent({
  model,
  contents: [{inlineData: {mimeType: 'application/pdf', data}}, {text: 'What is the number of this order?'}],
  config: settings,
});
console.log('PDF:', about.text.length > 0 ? 'answered' : 'no answer');

const {embeddings} = await models.embedContent({
  model: 'gemini-embedding-001',
  contents: ['A cat sleeps.', 'It rains in Oslo.'],
});
console.log('Embeddings:', embeddings.map(({values}) => values.length).join(' and '), 'numbers');
