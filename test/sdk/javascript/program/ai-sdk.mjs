import {createAnthropic} from '@ai-sdk/anthropic';
import {createGoogleGenerativeAI} from '@ai-sdk/google';
import {createOpenAI} from '@ai-sdk/openai';
import {embedMany, generateText, jsonSchema, Output, streamText, tool} from 'ai';
import {address, asked, readAsked, seeAbort, seeBrokenStream, seeError} from './contract.mjs';
import {seeVectors} from './genai.mjs';

const apiKey = 'placeholder';
const models = {
  google: {
    chat: () => createGoogleGenerativeAI({apiKey, baseURL: `${address()}/v1beta`})(asked.gemini),
    embedding: () =>
      createGoogleGenerativeAI({apiKey, baseURL: `${address()}/v1beta`}).textEmbeddingModel(
        asked.geminiEmbedding,
      ),
    wrong: {topP: 9},
  },
  // By default it uses the Responses API.
  openai: {
    chat: () => createOpenAI({apiKey, baseURL: `${address()}/v1`})(asked.openai),
    embedding: () =>
      createOpenAI({apiKey, baseURL: `${address()}/v1`}).textEmbeddingModel(asked.openaiEmbedding),
    wrong: {topP: 9},
  },
  anthropic: {
    chat: () => createAnthropic({apiKey, baseURL: `${address()}/v1`})(asked.anthropic),
    // The SDK clamps numbers that are out of range.
    wrong: {stopSequences: [' ']},
  },
};

const settings = {temperature: 0, maxOutputTokens: asked.maxTokens};
const user = content => ({role: 'user', content});

/** The cases of a provider of the ai-sdk. */
export function aiSdkCases(provider) {
  const {chat, embedding, wrong} = models[provider];
  const ask = (messages, options = {}) => generateText({model: chat(), messages, ...settings, ...options});
  const readAll = async (question, onText, options = {}) => {
    const stream = streamText({
      model: chat(),
      messages: [user(question)],
      ...settings,
      ...options,
      onError: () => {},
    });
    for await (const part of stream.fullStream) {
      if (part.type === 'text-delta' && part.text !== '') onText(part.text);
      if (part.type === 'error') throw part.error;
    }
    return stream;
  };

  return {
    async unary() {
      const {text, usage} = await ask([user(asked.unary)]);
      return {text, inputTokens: usage.inputTokens, outputTokens: usage.outputTokens};
    },
    async stream() {
      const pieces = [];
      const stream = await readAll(asked.stream, text => pieces.push(text));
      return {pieces, outputTokens: (await stream.usage).outputTokens};
    },
    async system() {
      const {instruction, question} = asked.system;
      return {text: (await ask([user(question)], {instructions: instruction})).text};
    },
    async 'multi-turn'() {
      const [said, answered, question] = asked['multi-turn'];
      return {text: (await ask([user(said), {role: 'assistant', content: answered}, user(question)])).text};
    },
    async 'structured output'() {
      const {question, schema} = asked['structured output'];
      return (await ask([user(question)], {output: Output.object({schema: jsonSchema(schema)})})).output;
    },
    async 'tool loop'() {
      const {question, name, description, parameters, result} = asked['tool loop'];
      const tools = {[name]: tool({description, inputSchema: jsonSchema(parameters)})};
      const reply = await ask([user(question)], {tools, toolChoice: 'required'});
      const [call] = reply.toolCalls;
      const told = {
        type: 'tool-result',
        toolCallId: call.toolCallId,
        toolName: name,
        output: {type: 'json', value: result},
      };
      const answer = await ask(
        [user(question), ...(await reply.response).messages, {role: 'tool', content: [told]}],
        {tools},
      );
      return {name: call.toolName, arguments: call.input, text: answer.text};
    },
    async image() {
      const image = {type: 'file', mediaType: 'image/png', data: readAsked('image').base64};
      return {text: (await ask([user([image, {type: 'text', text: asked.image.question}])])).text};
    },
    async PDF() {
      const file = {
        type: 'file',
        mediaType: 'application/pdf',
        data: readAsked('PDF').base64,
      };
      return {text: (await ask([user([file, {type: 'text', text: asked.PDF.question}])])).text};
    },
    ...(embedding && {
      async embeddings() {
        return seeVectors((await embedMany({model: embedding(), values: asked.embeddings})).embeddings);
      },
    }),
    'error shapes': () => seeError(() => ask([user(asked['error shapes'])], wrong)),
    'a miss': () => seeError(() => ask([user(asked['a miss'])])),
    failure: () => seeError(() => ask([user(asked.failure)])),
    'failure in mid-stream': () => seeBrokenStream(onText => readAll(asked['failure in mid-stream'], onText)),
    'abort in mid-stream': () =>
      seeAbort((abortSignal, onText) => readAll(asked['abort in mid-stream'], onText, {abortSignal})),
  };
}
