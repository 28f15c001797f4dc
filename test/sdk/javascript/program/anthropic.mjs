import {createReadStream} from 'node:fs';
import Anthropic from '@anthropic-ai/sdk';
import {address, asked, readAsked, seeAbort, seeBrokenStream, seeError} from './contract.mjs';

const model = asked.anthropic;
const client = () => new Anthropic({apiKey: 'placeholder', baseURL: address()});
const settings = {model, temperature: 0, max_tokens: asked.maxTokens};
const user = content => ({role: 'user', content});
const textOf = message => message.content.map(block => block.text ?? '').join('');

function ask(messages, options = {}) {
  return client().messages.create({...settings, messages, ...options});
}

async function readAll(question, onText, requestOptions) {
  const stream = client().messages.stream({...settings, messages: [user(question)]}, requestOptions);
  stream.on('text', onText);
  return stream.finalMessage();
}

export const anthropicCases = {
  async unary() {
    const message = await ask([user(asked.unary)]);
    const {input_tokens: inputTokens, output_tokens: outputTokens} = message.usage;
    return {text: textOf(message), inputTokens, outputTokens};
  },
  async stream() {
    const pieces = [];
    const message = await readAll(asked.stream, text => pieces.push(text));
    return {pieces, outputTokens: message.usage.output_tokens};
  },
  async system() {
    const {instruction, question} = asked.system;
    return {text: textOf(await ask([user(question)], {system: instruction}))};
  },
  async 'multi-turn'() {
    const [said, answered, question] = asked['multi-turn'];
    return {text: textOf(await ask([user(said), {role: 'assistant', content: answered}, user(question)]))};
  },
  async 'structured output'() {
    const {question, schema} = asked['structured output'];
    const output_config = {format: {type: 'json_schema', schema}};
    return JSON.parse(textOf(await ask([user(question)], {output_config})));
  },
  async 'tool loop'() {
    const {question, name, description, parameters, result} = asked['tool loop'];
    const tools = [{name, description, input_schema: parameters}];
    const message = await ask([user(question)], {tools, tool_choice: {type: 'any'}});
    const call = message.content.find(({type}) => type === 'tool_use');
    const told = {type: 'tool_result', tool_use_id: call.id, content: JSON.stringify(result)};
    const answer = await ask([user(question), {role: 'assistant', content: message.content}, user([told])], {
      tools,
    });
    return {name: call.name, arguments: call.input, text: textOf(answer)};
  },
  async image() {
    const source = {type: 'base64', media_type: 'image/png', data: readAsked('image').base64};
    const content = [
      {type: 'image', source},
      {type: 'text', text: asked.image.question},
    ];
    return {text: textOf(await ask([user(content)]))};
  },
  async PDF() {
    const source = {type: 'base64', media_type: 'application/pdf', data: readAsked('PDF').base64};
    const content = [
      {type: 'document', source},
      {type: 'text', text: asked.PDF.question},
    ];
    return {text: textOf(await ask([user(content)]))};
  },
  async 'token count'() {
    const counted = await client().messages.countTokens({model, messages: [user(asked['token count'])]});
    return {tokens: counted.input_tokens};
  },
  async models() {
    const ids = [];
    for await (const {id} of client().models.list()) ids.push(id);
    const found = await client().models.retrieve(model);
    return {listed: ids.length > 0, found: found.id === model};
  },
  async upload() {
    const {path} = readAsked('PDF');
    const file = await client().files.upload({file: createReadStream(path)});
    const content = [
      {type: 'document', source: {type: 'file', file_id: file.id}},
      {type: 'text', text: asked.PDF.question},
    ];
    const message = await ask([user(content)]);
    await client().files.delete(file.id);
    return {text: textOf(message)};
  },
  'error shapes': () => seeError(() => ask([user(asked['error shapes'])], {temperature: 9})),
  'a miss': () => seeError(() => ask([user(asked['a miss'])])),
  failure: () => seeError(() => ask([user(asked.failure)])),
  'failure in mid-stream': () => seeBrokenStream(onText => readAll(asked['failure in mid-stream'], onText)),
  'abort in mid-stream': () =>
    seeAbort((signal, onText) => readAll(asked['abort in mid-stream'], onText, {signal})),
};
