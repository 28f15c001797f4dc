import {createAgent, tool} from 'langchain';
import {z} from 'zod';

const {OPENAI_BASE_URL, ANTHROPIC_BASE_URL, GOOGLE_GEMINI_BASE_URL} = process.env;

const models = {
  openai: async () => {
    const {ChatOpenAI} = await import('@langchain/openai');
    return new ChatOpenAI({apiKey: 'any', model: 'gpt-5', configuration: {baseURL: OPENAI_BASE_URL}});
  },
  anthropic: async () => {
    const {ChatAnthropic} = await import('@langchain/anthropic');
    const model = 'claude-opus-5';
    return new ChatAnthropic({apiKey: 'any', model, anthropicApiUrl: ANTHROPIC_BASE_URL});
  },
  google: async () => {
    const {ChatGoogleGenerativeAI} = await import('@langchain/google-genai');
    const model = 'gemini-2.5-flash';
    return new ChatGoogleGenerativeAI({apiKey: 'any', model, baseUrl: GOOGLE_GEMINI_BASE_URL});
  },
};

export async function langchain(provider, {question, name, description, read}) {
  const schema = z.object({file: z.string()});
  const agent = createAgent({
    model: await models[provider](),
    tools: [tool(({file}) => read(file), {name, description, schema})],
  });
  const {messages} = await agent.invoke({messages: [{role: 'user', content: question}]});
  return messages.at(-1).text;
}
