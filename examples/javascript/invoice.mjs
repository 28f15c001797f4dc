// Asks about a PDF through two SDKs. `retake run` tells both where to ask, so nothing here knows of retake.
import {readFile} from 'node:fs/promises';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

const question = 'When is this to be paid?';
const pdf = await readFile(new URL('../documents/invoice.pdf', import.meta.url), 'base64');
const limits = {temperature: 0, max_tokens: 10};

const completion = await new OpenAI().chat.completions.create({
  model: 'gpt-4o',
  ...limits,
  messages: [
    {
      role: 'user',
      content: [
        {type: 'file', file: {filename: 'invoice.pdf', file_data: `data:application/pdf;base64,${pdf}`}},
        {type: 'text', text: question},
      ],
    },
  ],
});
console.log('OpenAI:', completion.choices[0].message.content.trim());

const message = await new Anthropic().messages.create({
  model: 'claude-sonnet-5-5',
  ...limits,
  messages: [
    {
      role: 'user',
      content: [
        {type: 'document', source: {type: 'base64', media_type: 'application/pdf', data: pdf}},
        {type: 'text', text: question},
      ],
    },
  ],
});
console.log('Anthropic:', message.content[0].text.trim());
