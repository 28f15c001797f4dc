import test from 'ava';
import type {ChunkOf} from '../../../../src/chat/chunk.js';
import {foldRecorded} from '../../../../src/chat/reply.js';
import {answerDecoder} from '../../../../src/dialects/anthropic/messages/decode-answer.js';
import {encodeReply} from '../../../../src/dialects/anthropic/messages/encode-reply.js';
import {encodeStream} from '../../../../src/dialects/anthropic/messages/encode-stream.js';
import {streamOf} from '../../../chat/arbitrary-chunks.js';
import {asking, decodeEvents, eventsIn} from '../../provider-answers.js';

const identity = {id: '0123456789abcdef01234567', createdAt: 1_760_000_000};
const format = {modelName: 'claude-sonnet-4-5', showsThinking: true};

/** A text, a thought after `?`, and a call for each `!`. */
function answerOf(...parts: readonly string[]): readonly ChunkOf<'chat'>[] {
  let calls = 0;
  return [
    {type: 'reply-start', answeredBy: {model: 'm'}},
    ...parts.flatMap((part): ChunkOf<'chat'>[] => {
      if (part.startsWith('?')) return [{type: 'reasoning-delta', candidate: 0, text: part.slice(1)}];
      if (part !== '!') return [{type: 'text-delta', candidate: 0, text: part}];
      return [{type: 'tool-call-start', candidate: 0, call: calls++, name: 'f'}];
    }),
    {type: 'reply-end', finish: [{unified: 'tool-calls', raw: 'tool_calls'}]},
  ];
}

function blocksOf(content: readonly {type: string; text?: string; thinking?: string}[]) {
  return content.map(({type, text, thinking}) =>
    type === 'tool_use' ? '!' : thinking === undefined ? text : `?${thinking}`,
  );
}

const becomes = test.macro({
  async exec(t, parts: readonly string[], blocks: readonly string[]) {
    const chunks = answerOf(...parts);
    const unary = JSON.parse(encodeReply(foldRecorded(chunks), identity, format));
    t.deepEqual(blocksOf(unary.content), blocks);
    let stream = '';
    for await (const event of encodeStream(streamOf(chunks), identity, format)) stream += event;
    const streamed = foldRecorded(
      decodeEvents(answerDecoder, eventsIn(stream), asking({}, 'claude-sonnet-4-5')),
    );
    const told = streamed.candidates[0]?.parts.map(part =>
      part.type === 'call' ? '!' : part.type === 'reasoning' ? `?${part.text}` : part.text,
    );
    t.deepEqual(told, blocks);
  },
  title: (_, parts: readonly string[], blocks: readonly string[]) =>
    `${JSON.stringify(parts)} becomes the blocks ${JSON.stringify(blocks)}`,
});

test(becomes, ['A', '!'], ['A', '!']);
test(becomes, ['!', 'A'], ['!', 'A']);
test(becomes, ['?T', 'A', '!', 'B', '!', '!', 'C'], ['?T', 'A', '!', 'B', '!', '!', 'C']);
test(becomes, ['A', '?T', 'B', '!', '?U', 'C'], ['A', '?T', 'B', '!', '?U', 'C']);
test(becomes, ['A', '!', '\n', '!', '\n'], ['A\n\n', '!', '!']);
test(becomes, ['A', '!', '\n', 'B'], ['A', '!', '\nB']);
test(becomes, ['!', '\n', '!', '\n', 'B'], ['!', '!', '\n\nB']);
test(becomes, ['A', '?T', '!', '\n', '!', 'B'], ['A', '?T', '!', '!', '\nB']);
test(becomes, ['!', '\n'], ['!', '\n']);
