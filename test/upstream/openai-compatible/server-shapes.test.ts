import Anthropic from '@anthropic-ai/sdk';
import {type Content, FunctionCallingConfigMode, GoogleGenAI} from '@google/genai';
import test, {type ExecutionContext} from 'ava';
import OpenAI from 'openai';
import {buildProxy} from '../../support/build-proxy.js';
import {type Script, scriptedUpstream} from '../../support/scripted-upstream.js';
import {type PartKind, type ServerShape, serverShapes} from './server-shapes.js';

/** What a client reads. */
type Read = {
  readonly text: string;
  readonly refusal: string;
  readonly reasoning: string;
  readonly calls: readonly (readonly [string, unknown])[];
  readonly finish: string | null | undefined;
  readonly usage: readonly [number, number] | undefined;
  /** What its parts are, if the API orders them. */
  readonly order?: readonly PartKind[];
};

const parameters = {type: 'object', properties: {x: {type: 'string'}}};

type Client = {
  /** Whether this API sends refusals apart from text. */
  readonly hasRefusals: boolean;
  /** What this API says for the way in which the answer ends. */
  finishOf(shape: ServerShape): string;
  ask(url: string, stream: boolean): Promise<Read>;
};

const openai: Client = {
  hasRefusals: true,
  finishOf: ({finish, calls}) => finish ?? (calls ? 'tool_calls' : 'stop'),
  async ask(url, stream) {
    const client = new OpenAI({apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0});
    const request = {
      model: 'shapes',
      messages: [{role: 'user' as const, content: 'Hi'}],
      tools: ['f', 'g'].map(name => ({type: 'function' as const, function: {name, parameters}})),
    };
    // The SDK does not know this field, and joins no deltas of it.
    let reasoning = '';
    const completion = stream
      ? await client.chat.completions
          .stream({...request, stream_options: {include_usage: true}})
          .on('chunk', ({choices}) => {
            reasoning += reasoningIn(choices[0]?.delta);
          })
          .finalChatCompletion()
      : await client.chat.completions.create(request);
    const [choice] = completion.choices;
    const message = choice?.message;
    return {
      text: message?.content ?? '',
      refusal: message?.refusal ?? '',
      reasoning: stream ? reasoning : reasoningIn(message),
      calls: (message?.tool_calls ?? []).map(called => {
        if (called.type !== 'function') throw new Error(`Expected a function, got ${called.type}`);
        return [called.function.name, JSON.parse(called.function.arguments)];
      }),
      finish: choice?.finish_reason,
      usage: completion.usage && [completion.usage.prompt_tokens, completion.usage.completion_tokens],
    };
  },
};

const responses: Client = {
  hasRefusals: true,
  finishOf: ({finish}) =>
    finish === 'length' ? 'max_output_tokens' : finish ? 'content_filter' : 'completed',
  async ask(url, stream) {
    const client = new OpenAI({apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0});
    const request = {
      model: 'shapes',
      input: 'Hi',
      tools: ['f', 'g'].map(name => ({type: 'function' as const, name, parameters, strict: false})),
    };
    const response = stream
      ? await client.responses.stream(request).finalResponse()
      : await client.responses.create(request);
    const parts = response.output.flatMap(item => (item.type === 'message' ? item.content : []));
    return {
      text: parts.map(part => (part.type === 'output_text' ? part.text : '')).join(''),
      refusal: parts.map(part => (part.type === 'refusal' ? part.refusal : '')).join(''),
      reasoning: response.output
        .flatMap(item => (item.type === 'reasoning' ? (item.content ?? []) : []))
        .map(({text}) => text)
        .join(''),
      calls: response.output.flatMap(item =>
        item.type === 'function_call' ? [[item.name, JSON.parse(item.arguments)] as const] : [],
      ),
      finish: response.incomplete_details?.reason ?? response.status,
      order: kinds(response.output.map(({type}) => type)),
      usage: response.usage && [response.usage.input_tokens, response.usage.output_tokens],
    };
  },
};

const kindOf: Readonly<Record<string, PartKind>> = {
  message: 'text',
  text: 'text',
  thinking: 'reasoning',
  thought: 'reasoning',
  reasoning: 'reasoning',
  tool_use: 'call',
  function_call: 'call',
  call: 'call',
};

/** Adjacent pieces of a text are one part. */
function kinds(types: readonly string[]): readonly PartKind[] {
  const all = types.map(type => {
    const kind = kindOf[type];
    if (!kind) throw new Error(`Expected a known part, got ${type}`);
    return kind;
  });
  return all.filter((kind, index) => kind === 'call' || kind !== all[index - 1]);
}

function reasoningIn(message: object | undefined): string {
  return message && 'reasoning_content' in message ? String(message.reasoning_content) : '';
}

const anthropic: Client = {
  hasRefusals: false,
  finishOf: ({finish, calls}) =>
    finish === 'length' ? 'max_tokens' : finish ? 'refusal' : calls ? 'tool_use' : 'end_turn',
  async ask(url, stream) {
    const client = new Anthropic({apiKey: 'k', baseURL: url, maxRetries: 0});
    const request = {
      model: 'shapes',
      max_tokens: 100,
      messages: [{role: 'user' as const, content: 'Hi'}],
      tools: ['f', 'g'].map(name => ({name, input_schema: {...parameters, type: 'object' as const}})),
    };
    const {content, stop_reason, usage} = stream
      ? await client.messages.stream(request).finalMessage()
      : await client.messages.create(request);
    return {
      text: content.map(block => (block.type === 'text' ? block.text : '')).join(''),
      refusal: '',
      reasoning: content.map(block => (block.type === 'thinking' ? block.thinking : '')).join(''),
      calls: content.flatMap(block =>
        block.type === 'tool_use' ? [[block.name, block.input] as const] : [],
      ),
      finish: stop_reason,
      order: kinds(content.map(({type}) => type)),
      usage: [usage.input_tokens, usage.output_tokens],
    };
  },
};

const gemini: Client = {
  hasRefusals: false,
  finishOf: ({finish}) => (finish === 'length' ? 'MAX_TOKENS' : finish ? 'SAFETY' : 'STOP'),
  async ask(url, stream) {
    const client = new GoogleGenAI({apiKey: 'k', httpOptions: {baseUrl: url}});
    const request = {
      model: 'shapes',
      contents: [{role: 'user', parts: [{text: 'Hi'}]}] satisfies Content[],
      config: {
        thinkingConfig: {includeThoughts: true},
        toolConfig: {functionCallingConfig: {mode: FunctionCallingConfigMode.AUTO}},
        tools: [{functionDeclarations: ['f', 'g'].map(name => ({name, parametersJsonSchema: parameters}))}],
      },
    };
    const responses = [];
    if (stream)
      for await (const part of await client.models.generateContentStream(request)) responses.push(part);
    else responses.push(await client.models.generateContent(request));
    const parts = responses.flatMap(({candidates}) => candidates?.[0]?.content?.parts ?? []);
    const last = responses.at(-1);
    return {
      text: parts.map(({text, thought}) => (thought ? '' : (text ?? ''))).join(''),
      refusal: '',
      reasoning: parts.map(({text, thought}) => (thought ? (text ?? '') : '')).join(''),
      calls: parts.flatMap(({functionCall}) =>
        functionCall ? [[functionCall.name ?? '', functionCall.args ?? {}] as const] : [],
      ),
      finish: last?.candidates?.[0]?.finishReason,
      order: kinds(
        parts
          .filter(({text, functionCall}) => functionCall !== undefined || text !== '')
          .map(({functionCall, thought}) => (functionCall ? 'call' : thought ? 'thought' : 'text')),
      ),
      usage: last?.usageMetadata && [
        last.usageMetadata.promptTokenCount ?? 0,
        last.usageMetadata.candidatesTokenCount ?? 0,
      ],
    };
  },
};

const clients = {openai, responses, anthropic, gemini};

for (const [name, shape] of Object.entries(serverShapes)) {
  test.serial(`a server that sends ${name} is understood through every API`, async t => {
    const live = await proxyFor(t, shape, 'passthrough');
    const recording = await proxyFor(t, shape, 'auto');
    for (const [api, client] of Object.entries(clients)) {
      for (const stream of [false, true]) {
        for (const url of [live, recording, recording]) {
          const {usage, order, ...read} = await client.ask(url, stream);
          const where = `${api}, ${stream ? 'streamed' : 'unary'}`;
          const {reasoning = '', calls = []} = shape;
          const said = {...saidTo(client, shape), reasoning, calls, finish: client.finishOf(shape)};
          t.deepEqual(read, said, where);
          if (shape.usage) t.deepEqual(usage, shape.usage, where);
          if (order && shape.order) t.deepEqual(order, shape.order, where);
        }
      }
    }
  });
}

function saidTo({hasRefusals}: Client, {text = '', refusal = ''}: ServerShape) {
  return hasRefusals ? {text, refusal} : {text: text + refusal, refusal: ''};
}

async function proxyFor(
  t: ExecutionContext,
  shape: ServerShape,
  mode: 'auto' | 'passthrough',
): Promise<string> {
  const upstream = await scriptedUpstream(t, playing(shape.events), {props: null, models: ['shapes']});
  return (await buildProxy(t, {upstream: {url: upstream.url}, mode})).url;
}

function playing(events: readonly unknown[]): Script {
  return async exchange => {
    for (const event of events) await exchange.event(event);
    await exchange.write('data: [DONE]\n\n');
    exchange.end();
  };
}
