// Asks openai-agents two questions in a conversation that the API keeps, and prints both answers and the kinds of items that the API has.
import {readFile} from 'node:fs/promises';
import {Agent, OpenAIConversationsSession, run, setTracingDisabled, tool} from '@openai/agents';
import {z} from 'zod';

// Traces would go to OpenAI.
setTracingDisabled(true);
const readNotes = tool({
  name: 'read_notes',
  description: 'Reads a file of notes.',
  parameters: z.object({file: z.string()}),
  execute: ({file}) => readFile(file, 'utf8'),
});
const agent = new Agent({
  name: 'Reader',
  instructions: 'Answer from the notes.',
  model: 'gpt-5',
  tools: [readNotes],
});
const session = new OpenAIConversationsSession();
for (const question of ['Which word is in notes.txt?', 'And once more?']) {
  const {finalOutput} = await run(agent, question, {session});
  console.log(finalOutput);
}
const items = await session.getItems();
console.log(items.map(({role, type}) => role ?? type).join(' '));
await session.clearSession();
