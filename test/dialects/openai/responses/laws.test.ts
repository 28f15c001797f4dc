import test from 'ava';
import {createParser} from 'eventsource-parser';
import fc from 'fast-check';
import type {ChunkOf} from '../../../../src/chat/chunk.js';
import {foldChunks} from '../../../../src/chat/reply.js';
import {answerFormat} from '../../../../src/dialects/openai/responses/answer-format.js';
import type {OutputItem} from '../../../../src/dialects/openai/responses/response-object.js';
import {arbitraryChunks, streamOf} from '../../../chat/arbitrary-chunks.js';

const identity = {id: '0123456789abcdef01234567', createdAt: 1_760_000_000};
const head = {model: 'gpt-4o'};

/** Answers with one candidate, as the API allows only one. */
const answers = arbitraryChunks.filter(chunks => {
  const end = chunks.at(-1);
  return end?.type === 'reply-end' && end.finish.length === 1;
});

async function whole(chunks: readonly ChunkOf<'chat'>[]) {
  const format = answerFormat(head, {streams: false});
  if (format.delivery !== 'unary') throw new Error('Expected an answer that comes whole');
  return JSON.parse(await format.encode(streamOf(chunks), identity));
}

async function events(chunks: readonly ChunkOf<'chat'>[]) {
  const format = answerFormat(head, {streams: true});
  if (format.delivery !== 'stream') throw new Error('Expected a stream');
  // biome-ignore lint/suspicious/noExplicitAny: events have many forms
  const data: any[] = [];
  const parser = createParser({
    onEvent: event => data.push({...JSON.parse(event.data), eventName: event.event}),
  });
  for await (const event of format.encodeStream(streamOf(chunks), identity)) parser.feed(event);
  return data;
}

test('the last event of a stream contains the unary response', t =>
  fc.assert(
    fc.asyncProperty(answers, async chunks => {
      const last = (await events(chunks)).at(-1);
      t.deepEqual(last.response, await whole(chunks));
    }),
  ));

test('the deltas of each item add up to the finished item', t =>
  fc.assert(
    fc.asyncProperty(answers, async chunks => {
      const items = new Map<number, {text: string; done?: OutputItem}>();
      for (const event of await events(chunks)) {
        const item = items.get(event.output_index);
        if (event.type === 'response.output_item.added') {
          if (item || event.output_index !== items.size) throw new Error('An item came out of turn');
          items.set(event.output_index, {text: ''});
        } else if (event.type.endsWith('.delta')) {
          if (!item || item.done) throw new Error('A delta has no open item');
          item.text += event.delta;
        } else if (event.type === 'response.output_item.done') {
          if (!item || item.done) throw new Error('An item ended that was not open');
          item.done = event.item;
        }
      }
      const {output} = await whole(chunks);
      t.deepEqual(
        [...items.values()].map(({done}) => done),
        output,
      );
      for (const {text, done} of items.values()) {
        t.is(text, textIn(done));
      }
    }),
  ));

test('a response has the text, the reasoning and the tool calls of the answer', t =>
  fc.assert(
    fc.asyncProperty(answers, async chunks => {
      const {candidates} = await foldChunks(chunks);
      const output: readonly OutputItem[] = (await whole(chunks)).output;
      const textOf = (type: 'output_text' | 'refusal' | 'reasoning_text') =>
        output
          .flatMap(item => ('content' in item ? item.content.filter(part => part.type === type) : []))
          .map(partText)
          .join('');
      t.is(textOf('output_text'), candidates[0]?.text ?? '');
      t.is(textOf('refusal'), candidates[0]?.refusal ?? '');
      t.is(textOf('reasoning_text'), candidates[0]?.reasoning ?? '');
      t.deepEqual(
        output.flatMap(item =>
          item.type === 'function_call' ? [{name: item.name, arguments: item.arguments}] : [],
        ),
        candidates[0]?.toolCalls.map(call => ({
          ...call,
          arguments: call.arguments.trim() === '' ? `${call.arguments}{}` : call.arguments,
        })),
      );
    }),
  ));

test('events are numbered from 0 and named by their type', t =>
  fc.assert(
    fc.asyncProperty(answers, async chunks => {
      for (const [index, event] of (await events(chunks)).entries()) {
        t.is(event.sequence_number, index);
        t.is(event.eventName, event.type);
      }
    }),
  ));

function textIn(item: OutputItem | undefined): string {
  if (item === undefined) throw new Error('An item did not end');
  if (item.type === 'custom_tool_call') return item.input;
  return item.type === 'function_call' ? item.arguments : item.content.map(partText).join('');
}

function partText(part: Extract<OutputItem, {content: unknown}>['content'][number]): string {
  return part.type === 'refusal' ? part.refusal : part.text;
}
