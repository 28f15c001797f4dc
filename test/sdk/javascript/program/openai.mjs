import {createReadStream} from 'node:fs';
import OpenAI from 'openai';
import {address, asked, readAsked, seeAbort, seeBrokenStream, seeError} from './contract.mjs';
import {seeVectors} from './genai.mjs';

const model = asked.openai;
const client = () => new OpenAI({apiKey: 'placeholder', baseURL: `${address()}/v1`});
const settings = {model, temperature: 0, max_completion_tokens: asked.maxTokens};
const user = content => ({role: 'user', content});
const textOf = completion => completion.choices[0].message.content;

function ask(messages, options = {}) {
  return client().chat.completions.create({...settings, messages, ...options});
}

async function readAll(question, onText, requestOptions) {
  const request = {...settings, messages: [user(question)], stream: true};
  const stream_options = {include_usage: true};
  let last;
  for await (const piece of await client().chat.completions.create(
    {...request, stream_options},
    requestOptions,
  )) {
    const text = piece.choices[0]?.delta.content;
    if (text) onText(text);
    last = piece;
  }
  return last;
}

export const openaiCases = {
  async unary() {
    const completion = await ask([user(asked.unary)]);
    const {prompt_tokens: inputTokens, completion_tokens: outputTokens} = completion.usage;
    return {text: textOf(completion), inputTokens, outputTokens};
  },
  async stream() {
    const pieces = [];
    const last = await readAll(asked.stream, text => pieces.push(text));
    return {pieces, outputTokens: last.usage.completion_tokens};
  },
  async system() {
    const {instruction, question} = asked.system;
    return {text: textOf(await ask([{role: 'developer', content: instruction}, user(question)]))};
  },
  async 'multi-turn'() {
    const [said, answered, question] = asked['multi-turn'];
    return {text: textOf(await ask([user(said), {role: 'assistant', content: answered}, user(question)]))};
  },
  async 'structured output'() {
    const {question, name, schema} = asked['structured output'];
    const response_format = {type: 'json_schema', json_schema: {name, strict: true, schema}};
    const completion = await client().chat.completions.parse({
      ...settings,
      messages: [user(question)],
      response_format,
    });
    return JSON.parse(textOf(completion));
  },
  async 'tool loop'() {
    const {question, name, description, parameters, result} = asked['tool loop'];
    const tools = [{type: 'function', function: {name, description, parameters}}];
    const completion = await ask([user(question)], {tools, tool_choice: 'required'});
    const {message} = completion.choices[0];
    const [call] = message.tool_calls;
    const told = {role: 'tool', tool_call_id: call.id, content: JSON.stringify(result)};
    const answer = await ask([user(question), message, told], {tools});
    return {
      name: call.function.name,
      arguments: JSON.parse(call.function.arguments),
      text: textOf(answer),
    };
  },
  async image() {
    const url = `data:image/png;base64,${readAsked('image').base64}`;
    const content = [
      {type: 'image_url', image_url: {url}},
      {type: 'text', text: asked.image.question},
    ];
    return {text: textOf(await ask([user(content)]))};
  },
  async PDF() {
    const file_data = `data:application/pdf;base64,${readAsked('PDF').base64}`;
    const content = [
      {type: 'file', file: {filename: 'document.pdf', file_data}},
      {type: 'text', text: asked.PDF.question},
    ];
    return {text: textOf(await ask([user(content)]))};
  },
  async candidates() {
    const completion = await ask([user(asked.candidates)], {n: 2});
    return {texts: completion.choices.map(({message}) => message.content)};
  },
  async logprobs() {
    const {question, top} = asked.logprobs;
    const completion = await ask([user(question)], {logprobs: true, top_logprobs: top});
    const {content} = completion.choices[0].logprobs;
    return {
      tokens: content.map(({token}) => token),
      alternatives: content.map(({top_logprobs: alternatives}) => alternatives.length),
    };
  },
  async 'token count'() {
    const counted = await client().responses.inputTokens.count({model, input: asked['token count']});
    return {tokens: counted.input_tokens};
  },
  async embeddings() {
    const request = {model: asked.openaiEmbedding, input: asked.embeddings};
    const {data} = await client().embeddings.create(request);
    return seeVectors(data.map(({embedding}) => embedding));
  },
  async models() {
    const ids = [];
    for await (const {id} of client().models.list()) ids.push(id);
    const found = await client().models.retrieve(model);
    return {listed: ids.length > 0, found: found.id === model};
  },
  async upload() {
    const {path} = readAsked('PDF');
    const file = await client().files.create({file: createReadStream(path), purpose: 'user_data'});
    const content = [
      {type: 'file', file: {file_id: file.id}},
      {type: 'text', text: asked.PDF.question},
    ];
    const completion = await ask([user(content)]);
    await client().files.delete(file.id);
    return {text: textOf(completion)};
  },
  'error shapes': () => seeError(() => ask([user(asked['error shapes'])], {temperature: 9})),
  'a miss': () => seeError(() => ask([user(asked['a miss'])])),
  failure: () => seeError(() => ask([user(asked.failure)])),
  'failure in mid-stream': () => seeBrokenStream(onText => readAll(asked['failure in mid-stream'], onText)),
  'abort in mid-stream': () =>
    seeAbort((signal, onText) => readAll(asked['abort in mid-stream'], onText, {signal})),
};
