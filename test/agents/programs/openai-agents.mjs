import {Agent, run, setTracingDisabled, tool} from '@openai/agents';
import {z} from 'zod';

export async function openaiAgents({question, name, description, read}) {
  // Traces would go to OpenAI.
  setTracingDisabled(true);
  const parameters = z.object({file: z.string()});
  const agent = new Agent({
    name: 'Reader',
    instructions: 'Answer from the notes.',
    model: 'gpt-5',
    tools: [tool({name, description, parameters, execute: ({file}) => read(file)})],
  });
  const {finalOutput} = await run(agent, question);
  return finalOutput;
}
