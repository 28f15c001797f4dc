import test from 'ava';
import fc from 'fast-check';
import type {TextDelta} from '../../../../src/chat/chunk.js';
import {CallSplitter, type Piece, splitCalls} from '../../../../src/upstream/local/tools/split-calls.js';

const call = '<tool_call>{"name":"f","arguments":{}}</tool_call>';
const delta = (text: string): TextDelta => ({type: 'text-delta', candidate: 0, text});

/** The text that is passed on, and the pieces at the end. */
function extract(texts: readonly string[]) {
  const splitter = new CallSplitter();
  const said = texts.flatMap(text => splitter.push(delta(text))).map(({text}) => text);
  const {deltas, pieces} = splitter.end();
  return {said: [...said, ...deltas.map(({text}) => text)], pieces};
}

test('text is emitted at once, and only a possible marker is held back', t => {
  const splitter = new CallSplitter();
  const said = ['Hello', ' wor', 'ld <to', 'ken> and <', 'tool_cal', 'm'].map(text =>
    splitter
      .push(delta(text))
      .map(one => one.text)
      .join(''),
  );
  t.deepEqual(said, ['Hello', ' wor', 'ld ', '<token> and ', '', '<tool_calm']);
});

test('text before a tool call is emitted before the call is complete', t => {
  const {said, pieces} = extract(['Let me see. <tool', '_call>{"name":"f"', ',"arguments":{}}</tool_call>']);
  t.deepEqual(said, ['Let me see. ']);
  t.deepEqual(pieces, [
    {type: 'call', text: '{"name":"f","arguments":{}}', raw: call, isWhole: true},
  ] satisfies Piece[]);
});

const splits = test.macro({
  title: (_, what: string) => what,
  exec(t, _what: string, text: string, expected: readonly [type: string, text: string, isWhole?: boolean][]) {
    t.deepEqual(
      splitCalls(text).map(piece => [
        piece.type,
        piece.text,
        ...(piece.type === 'call' ? [piece.isWhole] : []),
      ]),
      expected.map(piece => [...piece]),
    );
  },
});

test(splits, 'several tool calls with text in between', `${call}\n${call} and\n${call}\n`, [
  ['call', '{"name":"f","arguments":{}}', true],
  ['call', '{"name":"f","arguments":{}}', true],
  ['text', 'and'],
  ['call', '{"name":"f","arguments":{}}', true],
]);
test(
  splits,
  'markers and brackets within the strings of a tool call',
  '<tool_call>{"name":"f","arguments":{"html":"</tool_call> } \\" ["}}</tool_call>',
  [['call', '{"name":"f","arguments":{"html":"</tool_call> } \\" ["}}', true]],
);
test(splits, 'a tool call without its closing marker', '<tool_call>\n{"name":"f"}\nOK', [
  ['call', '{"name":"f"}', true],
  ['text', 'OK'],
]);
test(splits, 'a tool call that is not an object', '<tool_call>f(1)</tool_call>', [['call', 'f(1)', true]]);
test(splits, 'a tool call that is cut off', '<tool_call>{"name":"f","argu', [
  ['call', '{"name":"f","argu', false],
]);
test(splits, 'a marker alone', '<tool_call>', [['call', '', false]]);

test('tokens stay with their text when a delta is split at a marker', t => {
  const token = (text: string) => ({token: text, bytes: [...Buffer.from(text)], logprob: -1, top: []});
  const splitter = new CallSplitter();
  const tokens = ['Hm', ' <', 'tool', '_'].map(token);
  const [first] = splitter.push({...delta('Hm <tool_'), logprobs: tokens});
  t.deepEqual(first, {...delta('Hm '), logprobs: tokens.slice(0, 2)});
  const rest = splitter.push({...delta('box'), logprobs: [token('box')]});
  t.deepEqual(
    rest.map(one => [one.text, one.logprobs?.map(one => one.token)]),
    [
      ['<tool_', ['tool', '_']],
      ['box', ['box']],
    ],
  );
});

const piecesOfText = fc.array(
  fc.oneof(
    fc.constantFrom(call, '<tool_call>', '</tool_call>', '<', '<tool', '{', '}', '"', '\\', '\n', ' '),
    fc.string({maxLength: 6}),
  ),
  {maxLength: 12},
);

test('law: the text and the tool calls do not depend on how the deltas are split', t => {
  fc.assert(
    fc.property(
      piecesOfText.map(pieces => pieces.join('')),
      fc.array(fc.nat({max: 80}), {maxLength: 10}),
      (text, cuts) => {
        const places = [
          0,
          ...[...cuts].map(cut => cut % (text.length + 1)).sort((a, b) => a - b),
          text.length,
        ];
        const deltas = places.slice(1).map((end, index) => text.slice(places[index], end));
        const {said, pieces} = extract(deltas);
        const mark = text.indexOf('<tool_call>');
        t.is(said.join(''), mark === -1 ? text : text.slice(0, mark));
        t.deepEqual(pieces, mark === -1 ? [] : splitCalls(text.slice(mark)));
      },
    ),
  );
});
