import {z} from 'zod';

const {OPENAI_BASE_URL, ANTHROPIC_BASE_URL, GOOGLE_GEMINI_BASE_URL} = process.env;

/** The provider's model in one of the SDK's versions. */
const models = {
  openai: async version => {
    const {createOpenAI} = await import(`@ai-sdk-${version}/openai`);
    return createOpenAI({apiKey: 'any', baseURL: OPENAI_BASE_URL})('gpt-5');
  },
  anthropic: async version => {
    const {createAnthropic} = await import(`@ai-sdk-${version}/anthropic`);
    return createAnthropic({apiKey: 'any', baseURL: `${ANTHROPIC_BASE_URL}/v1`})('claude-opus-5');
  },
  google: async version => {
    const {createGoogleGenerativeAI} = await import(`@ai-sdk-${version}/google`);
    const baseURL = `${GOOGLE_GEMINI_BASE_URL}/v1beta`;
    return createGoogleGenerativeAI({apiKey: 'any', baseURL})('gemini-2.5-flash');
  },
};

/** Lets the SDK call the tool until the model answers; streamed, as its hooks for user interfaces do. */
export async function aiSdk(version, provider, {question, name, description, read}) {
  const {streamText, tool, stepCountIs, isStepCount = stepCountIs} = await import(`ai-${version}`);
  const {text} = streamText({
    model: await models[provider](version),
    prompt: question,
    tools: {
      [name]: tool({description, inputSchema: z.object({file: z.string()}), execute: ({file}) => read(file)}),
    },
    stopWhen: isStepCount(3),
    onError: ({error}) => {
      throw error;
    },
  });
  return text;
}
