import test from 'ava';
import fc from 'fast-check';
import {createIdReader} from '../../../src/cassette/replay/read-ids.js';

function idsIn(text: string, contentType: string, cuts: readonly number[] = []): readonly string[] {
  const reader = createIdReader(contentType);
  const bytes = Buffer.from(text);
  const ends = [...cuts.map(cut => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  const pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
  return [...pieces.flatMap(piece => reader.push(piece)), ...reader.end()].map(
    ({id, place}) => `${place} ${id}`,
  );
}

for (const [name, body, expected] of [
  ['an OpenAI file', {id: 'file-abc1', object: 'file', filename: 'f-1.txt'}, ['/id#0 file-abc1']],
  [
    'a Gemini file',
    {
      file: {
        name: 'files/ab1',
        mimeType: 'text/plain',
        uri: 'https://h/v1beta/files/ab1',
        sha256Hash: 'x1y2z3a4',
      },
    },
    ['/file/name#0 files/ab1'],
  ],
  ['a Gemini operation', {name: 'models/veo-3/operations/o1'}, ['/name#0 models/veo-3/operations/o1']],
  ['a model', {name: 'models/gemini-3', id: 'gpt'}, []],
  [
    'a batch',
    {id: 'batch_12', output_file_id: 'file-out1', error_file_id: null},
    ['/id#0 batch_12', '/output_file_id#0 file-out1'],
  ],
  [
    'ids that are constants',
    {organization_id: 'org-1234', project_id: 'proj_123', request_id: 'req_1234'},
    [],
  ],
  ['what is no id', {id: '12345678', tool_call_id: 'a b c d e f', run_id: 'id1'}, []],
  [
    'calls in an answer',
    {output: [{call_id: 'call_1x'}, {call_id: 'call_2x'}]},
    ['/output/0/call_id#0 call_1x', '/output/1/call_id#0 call_2x'],
  ],
] as const) {
  test(`the ids of ${name}`, t => {
    t.deepEqual(idsIn(JSON.stringify(body), 'application/json; charset=utf-8'), expected);
    t.deepEqual(idsIn(JSON.stringify(body), 'audio/mpeg'), []);
  });
}

test('ids of a stream are the same however its bytes are cut, and different ones in one place are numbered', t => {
  const events = [
    {type: 'response.created', response: {id: 'resp_äö1'.replace('äö', 'ab')}},
    {type: 'response.output_item.added', item: {id: 'msg_001', text: 'é'}},
    {type: 'response.output_item.added', item: {id: 'msg_002'}},
    {type: 'response.output_item.done', item: {id: 'msg_001'}},
  ];
  const text = events.map(event => `event: ${event.type}\r\ndata: ${JSON.stringify(event)}\r\n\r\n`).join('');
  const expected = ['/response/id#0 resp_ab1', '/item/id#0 msg_001', '/item/id#1 msg_002'];
  fc.assert(
    fc.property(fc.array(fc.nat(), {maxLength: 8}), cuts => {
      t.deepEqual(idsIn(text, 'text/event-stream', cuts), expected);
    }),
  );
});

test('what is no JSON has no ids', t => {
  t.deepEqual(idsIn('{"id": "file-abc1"', 'application/json'), []);
  t.deepEqual(idsIn('data: [DONE]\n\ndata: {"id"\n\n', 'text/event-stream'), []);
});
