// Asks frameworks for agents a question that needs a tool, one after the other: `node main.mjs NAME…`. Prints their answers as JSON by their names.
import {readFile} from 'node:fs/promises';
import process from 'node:process';
import {aiSdk} from './ai-sdk.mjs';
import {anthropicToolRunner} from './anthropic.mjs';
import {langchain} from './langchain.mjs';
import {openaiAgents} from './openai-agents.mjs';

/** What every framework is asked, and the tool that it gives the model. */
const task = {
  question: 'Which word is in notes.txt?',
  name: 'read_notes',
  description: 'Reads a file of notes.',
  read: file => readFile(file, 'utf8'),
};

const programs = {
  'AI SDK 5, OpenAI': () => aiSdk('5', 'openai', task),
  'AI SDK 5, Anthropic': () => aiSdk('5', 'anthropic', task),
  'AI SDK 5, Google': () => aiSdk('5', 'google', task),
  'AI SDK 6, OpenAI': () => aiSdk('6', 'openai', task),
  'AI SDK 6, Anthropic': () => aiSdk('6', 'anthropic', task),
  'AI SDK 6, Google': () => aiSdk('6', 'google', task),
  'AI SDK 7, OpenAI': () => aiSdk('7', 'openai', task),
  'AI SDK 7, Anthropic': () => aiSdk('7', 'anthropic', task),
  'AI SDK 7, Google': () => aiSdk('7', 'google', task),
  'Anthropic tool runner': () => anthropicToolRunner(task),
  'openai-agents': () => openaiAgents(task),
  'LangChain, OpenAI': () => langchain('openai', task),
  'LangChain, Anthropic': () => langchain('anthropic', task),
  'LangChain, Google': () => langchain('google', task),
};

const answers = {};
for (const name of process.argv.slice(2)) {
  try {
    answers[name] = await programs[name]();
  } catch (error) {
    answers[name] = String(error);
  }
}
console.log(JSON.stringify(answers));
