import test from 'ava';
import fc from 'fast-check';
import type {MatchingView} from '../../../src/cassette/key/key.js';
import {questionOf} from '../../../src/cassette/key/question.js';
import {shorten} from '../../../src/cassette/key/shorten.js';
import type {JsonValue} from '../../../src/chat/json.js';

const said = (role: string, ...texts: readonly string[]) => ({
  role,
  parts: texts.map(text => ({type: 'text', text})),
});
const view = (...turns: readonly ReturnType<typeof said>[]): MatchingView => ({turns});

test('the summary is the last user message', t => {
  t.is(questionOf(view(said('system', 's'), said('user', 'one'), said('assistant', 'yes'))), 'one');
  t.is(questionOf(view(said('user', 'one'), said('user', 'two'))), 'two');
});

test('without a user message, the summary is the last message', t => {
  t.is(questionOf(view(said('system', 'one'), said('assistant', 'two'))), 'two');
  t.is(questionOf({}), '');
  t.is(questionOf(view()), '');
});

test('the summary is one line that joins its parts', t => {
  t.is(questionOf(view(said('user', ' a\n\tb ', '  c'))), 'a b c');
});

test('a long summary is cut between characters', t => {
  t.is(questionOf(view(said('user', 'x'.repeat(80)))), 'x'.repeat(80));
  t.is(questionOf(view(said('user', 'x'.repeat(81)))), `${'x'.repeat(79)}…`);
  const cut = questionOf(view(said('user', `${'x'.repeat(78)}😀😀`)));
  t.true(cut.isWellFormed(), JSON.stringify(cut));
});

const raw = (path: string, json: JsonValue): MatchingView => ({
  operation: 'raw',
  method: 'POST',
  path,
  body: {json},
});

for (const [api, path, body] of [
  [
    'OpenAI chat',
    '/v1/chat/completions',
    {
      messages: [
        {role: 'user', content: 'one'},
        {role: 'user', content: [{type: 'text', text: 'two'}]},
        {role: 'assistant', content: 'x'},
      ],
    },
  ],
  [
    'OpenAI responses',
    '/v1/responses',
    {
      input: [
        {
          role: 'user',
          content: [
            {type: 'input_file', file_id: 'f'},
            {type: 'input_text', text: 'two'},
          ],
        },
        {type: 'function_call_output', output: 'x'},
      ],
    },
  ],
  ['OpenAI responses, a text', '/v1/responses', {input: 'two', previous_response_id: 'x'}],
  [
    'Anthropic',
    '/v1/messages',
    {
      messages: [
        {role: 'user', content: [{type: 'document'}, {type: 'text', text: 'two'}]},
        {role: 'assistant', content: 'x'},
        {role: 'user', content: [{type: 'tool_result', content: 'x'}]},
      ],
    },
  ],
  [
    'Gemini',
    '/v1beta/models/m:generateContent',
    {
      contents: [
        {role: 'user', parts: [{text: 'one'}]},
        {role: 'model', parts: [{text: 'x'}]},
        {parts: [{fileData: {}}, {text: 'two'}]},
      ],
    },
  ],
  ['images', '/v1/images/generations', {prompt: 'two'}],
] as const) {
  test(`a raw question to ${api} is named by its path and the last text of the user`, t => {
    t.is(questionOf(raw(path, body)), `POST ${path}: two`);
  });
}

test('a raw question without a text is its path, in which the tokens of ids are short', t => {
  t.is(questionOf(raw('/v1/batches', {endpoint: '/v1/responses'})), 'POST /v1/batches');
  const path = `/v1/files/<files:${'0123456789ab'.repeat(2)}>/content`;
  t.is(questionOf({operation: 'raw', method: 'GET', path}), 'GET /v1/files/<files:01234567…>/content');
});

test('the beginning of a long question is that of the whole question on one line', t => {
  const pieces = fc.array(fc.constantFrom('a', 'bc', ' ', '  ', '\n\t', '\u{1f600}', 'word '), {
    maxLength: 300,
  });
  fc.assert(
    fc.property(pieces, fc.integer({min: 1, max: 90}), (parts, length) => {
      const text = parts.join('');
      const line = text.replaceAll(/\s+/g, ' ').trim();
      t.is(questionOf(view(said('user', text)), length), shorten(line, length));
    }),
    {numRuns: 500},
  );
});
