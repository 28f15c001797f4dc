import {AIMessage, HumanMessage, SystemMessage, ToolMessage} from '@langchain/core/messages';
import {ChatGoogleGenerativeAI, GoogleGenerativeAIEmbeddings} from '@langchain/google-genai';
import {ChatOpenAI, OpenAIEmbeddings} from '@langchain/openai';
import {address, asked, readAsked, seeAbort, seeBrokenStream, seeError} from './contract.mjs';
import {seeVectors} from './genai.mjs';

const apiKey = 'placeholder';

// Besides the error for the reader of an aborted stream, the client of ChatGoogleGenerativeAI raises another one that is unhandled.
process.on('unhandledRejection', error => {
  if (error?.constructor?.name !== 'GoogleGenerativeAIError') throw error;
});
const settings = {apiKey, temperature: 0};

const providers = {
  google: {
    chat: (options = {}) =>
      new ChatGoogleGenerativeAI({
        ...settings,
        baseUrl: address(),
        model: asked.gemini,
        maxOutputTokens: asked.maxTokens,
        ...options,
      }),
    embeddings: () =>
      new GoogleGenerativeAIEmbeddings({apiKey, baseUrl: address(), model: asked.geminiEmbedding}),
    image: data => ({type: 'image_url', image_url: `data:image/png;base64,${data}`}),
    document: data => ({type: 'application/pdf', data}),
    // The SDK itself refuses a temperature out of range.
    wrong: {stopSequences: Array(9).fill('END')},
  },
  openai: {
    chat: (options = {}) =>
      new ChatOpenAI({
        ...settings,
        configuration: {baseURL: `${address()}/v1`},
        model: asked.openai,
        maxTokens: asked.maxTokens,
        ...options,
      }),
    embeddings: () =>
      new OpenAIEmbeddings({
        apiKey,
        configuration: {baseURL: `${address()}/v1`},
        model: asked.openaiEmbedding,
      }),
    image: data => ({type: 'image_url', image_url: {url: `data:image/png;base64,${data}`}}),
    document: data => ({
      type: 'file',
      file: {filename: 'document.pdf', file_data: `data:application/pdf;base64,${data}`},
    }),
    wrong: {temperature: 9},
  },
};

/** The cases of a chat model of LangChain. */
export function langchainCases(provider) {
  const {chat, embeddings, image, document, wrong} = providers[provider];
  const ask = question => chat().invoke([new HumanMessage(question)]);
  const askAbout = (attached, question) =>
    chat().invoke([new HumanMessage({content: [attached, {type: 'text', text: question}]})]);
  const readAll = async (question, onText, options = {}) => {
    let last;
    for await (const piece of await chat().stream([new HumanMessage(question)], options)) {
      if (piece.text) onText(piece.text);
      if (piece.usage_metadata) last = piece;
    }
    return last;
  };

  return {
    async unary() {
      const {text, usage_metadata: usage} = await ask(asked.unary);
      return {text, inputTokens: usage.input_tokens, outputTokens: usage.output_tokens};
    },
    async stream() {
      const pieces = [];
      const last = await readAll(asked.stream, text => pieces.push(text));
      return {pieces, outputTokens: last.usage_metadata.output_tokens};
    },
    async system() {
      const {instruction, question} = asked.system;
      return {
        text: (await chat().invoke([new SystemMessage(instruction), new HumanMessage(question)])).text,
      };
    },
    async 'multi-turn'() {
      const [said, answered, question] = asked['multi-turn'];
      const messages = [new HumanMessage(said), new AIMessage(answered), new HumanMessage(question)];
      return {text: (await chat().invoke(messages)).text};
    },
    async 'structured output'() {
      const {question, name, schema} = asked['structured output'];
      const structured = chat().withStructuredOutput(schema, {name, method: 'jsonSchema'});
      return structured.invoke([new HumanMessage(question)]);
    },
    async 'tool loop'() {
      const {question, name, description, parameters, result} = asked['tool loop'];
      const tools = [{type: 'function', function: {name, description, parameters}}];
      const message = await chat()
        .bindTools(tools, {tool_choice: 'any'})
        .invoke([new HumanMessage(question)]);
      const [call] = message.tool_calls;
      const told = new ToolMessage({content: JSON.stringify(result), tool_call_id: call.id, name});
      const answer = await chat()
        .bindTools(tools)
        .invoke([new HumanMessage(question), message, told]);
      return {name: call.name, arguments: call.args, text: answer.text};
    },
    image: async () => ({
      text: (await askAbout(image(readAsked('image').base64), asked.image.question)).text,
    }),
    PDF: async () => ({text: (await askAbout(document(readAsked('PDF').base64), asked.PDF.question)).text}),
    ...(provider === 'openai' && {
      async candidates() {
        const {generations} = await chat({n: 2}).generate([[new HumanMessage(asked.candidates)]]);
        return {texts: generations[0].map(({text}) => text)};
      },
      async logprobs() {
        const {question, top} = asked.logprobs;
        const message = await chat({logprobs: true, topLogprobs: top}).invoke([new HumanMessage(question)]);
        const {content} = message.response_metadata.logprobs;
        return {
          tokens: content.map(({token}) => token),
          alternatives: content.map(({top_logprobs: alternatives}) => alternatives.length),
        };
      },
    }),
    async embeddings() {
      return seeVectors(await embeddings().embedDocuments(asked.embeddings));
    },
    'error shapes': () => seeError(() => chat(wrong).invoke([new HumanMessage(asked['error shapes'])])),
    'a miss': () => seeError(() => ask(asked['a miss'])),
    failure: () => seeError(() => ask(asked.failure)),
    'failure in mid-stream': () => seeBrokenStream(onText => readAll(asked['failure in mid-stream'], onText)),
    'abort in mid-stream': () =>
      seeAbort((signal, onText) => readAll(asked['abort in mid-stream'], onText, {signal})),
  };
}
