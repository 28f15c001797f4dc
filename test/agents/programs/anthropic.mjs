import Anthropic from '@anthropic-ai/sdk';
import {betaZodTool} from '@anthropic-ai/sdk/helpers/beta/zod';
import {z} from 'zod';

export async function anthropicToolRunner({question, name, description, read}) {
  const inputSchema = z.object({file: z.string()});
  const message = await new Anthropic().beta.messages.toolRunner({
    model: 'claude-opus-5',
    max_tokens: 100,
    messages: [{role: 'user', content: question}],
    tools: [betaZodTool({name, description, inputSchema, run: ({file}) => read(file)})],
  });
  return message.content.map(({text}) => text).join('');
}
