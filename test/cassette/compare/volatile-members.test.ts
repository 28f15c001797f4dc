import test from 'ava';
import fc from 'fast-check';
import {compareInteractions} from '../../../src/cassette/compare/compare-interactions.js';
import {defaultTokenTolerance} from '../../../src/cassette/compare/compare-usage.js';
import {sideOf} from '../../../src/cassette/compare/side.js';
import {withoutVolatileMembers} from '../../../src/cassette/compare/volatile-members.js';
import {comparedTexts} from '../../../src/report/answer-text.js';
import {keyOf, viewOf, wireTakeOf} from '../../support/recordings.js';

const key = keyOf('raw');
const view = viewOf('raw');

function sideWith(body: string | Uint8Array) {
  return sideOf({key, view, takes: [wireTakeOf(body, {isRaw: true})]});
}

function findings(before: string | Uint8Array, after: string | Uint8Array): readonly string[] {
  const change = compareInteractions(sideWith(before), sideWith(after), {tokens: defaultTokenTolerance});
  return change && 'askings' in change
    ? change.askings.flatMap(asking => asking.findings.map(({sentence}) => sentence))
    : [];
}

/** Answers of the APIs, recorded twice: nothing of substance changed. */
const same: Readonly<Record<string, (run: 1 | 2) => unknown>> = {
  image: run => ({created: 1_760_000_000 + run, data: [{b64_json: 'AAAA'}]}),
  moderation: run => ({id: `modr-${run}`, model: 'omni', results: [{flagged: false}]}),
  file: run => ({
    id: `file-${run}`,
    ...{
      object: 'file',
      bytes: 12,
      filename: 'a.jsonl',
      purpose: 'batch',
      created_at: run,
      status: 'processed',
    },
  }),
  'list of files': run => ({
    object: 'list',
    data: [1, 2].map(number => ({id: `file-${run}${number}`, object: 'file', created_at: run})),
    ...{first_id: `file-${run}1`, last_id: `file-${run}2`, has_more: false},
  }),
  batch: run => ({
    ...{id: `batch_${run}`, object: 'batch', input_file_id: `file-${run}`, output_file_id: `file-o${run}`},
    ...{created_at: run, in_progress_at: run, completed_at: run, failed_at: null, metadata: {id: 'mine'}},
  }),
  'batch of Anthropic': run => ({
    id: `msgbatch_01Hkc${run}BwC8vvGq`,
    type: 'message_batch',
    created_at: `2026-11-0${run}T10:00:00.123Z`,
    results_url: `https://api.anthropic.com/v1/messages/batches/msgbatch_01Hkc${run}BwC8vvGq/results`,
  }),
  'vector store': run => ({
    ...{id: `vs_${run}`, object: 'vector_store', last_active_at: run, expires_at: null},
    file_ids: [`file-a${run}`, `file-b${run}`],
  }),
  response: run => ({
    ...{id: `resp_${run}`, object: 'response', created_at: run, previous_response_id: `resp_0${run}`},
    output: [
      {id: `msg_${run}`, type: 'message', content: [{type: 'output_text', text: 'Hi'}]},
      {id: `fc_${run}`, type: 'function_call', call_id: `call_${run}`, name: 'a', arguments: '{"id":1}'},
      {id: `rs_${run}`, type: 'reasoning', encrypted_content: `gAAAA${run}`},
    ],
  }),
  completion: run => ({
    ...{id: `chatcmpl-${run}`, object: 'chat.completion', created: run, system_fingerprint: `fp_${run}`},
    choices: [{message: {tool_calls: [{id: `call_${run}`, type: 'function', function: {name: 'a'}}]}}],
    usage: {total_tokens: 3, total_time: run / 7},
  }),
  message: run => ({
    id: `msg_${run}`,
    type: 'message',
    content: [{type: 'tool_use', id: `toolu_${run}`, input: {}}],
  }),
  'file of Gemini': run => ({
    file: {
      name: `files/abc${run}defgh`,
      createTime: `2026-11-0${run}T10:00:00.123456Z`,
      uri: `https://generativelanguage.googleapis.com/v1beta/files/abc${run}defgh`,
      sizeBytes: '12',
    },
  }),
  'content of Gemini': run => ({
    responseId: `b_${run}`,
    candidates: [{content: {parts: [{inlineData: {data: 'AAAA'}, thoughtSignature: `Ci${run}`}]}}],
  }),
  operation: run => ({name: `models/veo/operations/x${run}yz`, done: false}),
  'model list of vLLM': run => ({object: 'list', data: [{id: 'gemma', object: 'model', created: run}]}),
};

const streams = {
  events: (run: number) =>
    [
      `event: response.created\ndata: {"type":"response.created","response":{"id":"resp_${run}","created_at":${run}}}`,
      `: ping ${1}`,
      `event: response.output_text.delta\ndata: {"item_id":"msg_${run}","delta":"Hi","obfuscation":"x${run}"}`,
      'data: [DONE]',
    ].join('\n\n'),
  lines: (run: number) =>
    [1, 2]
      .map(
        n =>
          `{"id":"batch_req_${run}${n}","custom_id":"mine-${n}","response":{"request_id":"r${run}${n}"}}\n`,
      )
      .join(''),
};

test('answers that differ only in what a provider makes up anew are the same', t => {
  for (const [name, answer] of Object.entries(same)) {
    const [before, after] = [answer(1), answer(2)].map(value => JSON.stringify(value));
    t.not(before, after, name);
    t.deepEqual(findings(before ?? '', after ?? ''), [], name);
  }
  for (const [name, answer] of Object.entries(streams)) t.deepEqual(findings(answer(1), answer(2)), [], name);
});

/** Changes of substance, in places that look like ids and times. */
const changed: readonly (readonly [object, object, string])[] = [
  [
    {completed_at: null},
    {completed_at: 1_760_000_000},
    '/completed_at: was null null, now string "(Unix time, not compared)"',
  ],
  [{created_at: 1}, {created_at: '2026-11-01T10:00:00Z'}, '/created_at'],
  [
    {data: [{id: 'gpt-4o', object: 'model'}]},
    {data: [{id: 'gpt-5', object: 'model'}]},
    '/data/0/id: was "gpt-4o", now "gpt-5"',
  ],
  [{data: [{id: 'openai/gpt-4o-mini'}]}, {data: [{id: 'openai/gpt-5-mini'}]}, '/data/0/id'],
  [{models: [{name: 'models/gemini-2.5-pro'}]}, {models: [{name: 'models/gemini-3-pro'}]}, '/models/0/name'],
  [{id: 'b', metadata: {id: 'order_12345678'}}, {id: 'b', metadata: {id: 'order_87654321'}}, '/metadata/id'],
  [
    {content: [{type: 'tool_use', id: 'a', input: {id: 'x1'}}]},
    {content: [{type: 'tool_use', id: 'a', input: {id: 'x2'}}]},
    '/content/0/input/id',
  ],
  [{args: {created_at: 1}}, {args: {created_at: 2}}, '/args/created_at'],
  [{custom_id: 'request-1'}, {custom_id: 'request-2'}, '/custom_id'],
  [{words: [{startTime: 1.5}]}, {words: [{startTime: 1.7}]}, '/words/0/startTime: was 1.5, now 1.7'],
  [{duration: 8.5}, {duration: 9}, '/duration'],
  [{id: 'a', status: 'validating'}, {id: 'b', status: 'failed'}, '/status: was "validating", now "failed"'],
  // Another one of two objects is meant.
  [
    {
      data: [
        {id: 'file-11111111', object: 'file'},
        {id: 'file-22222222', object: 'file'},
      ],
      file_id: 'file-11111111',
    },
    {
      data: [
        {id: 'file-33333333', object: 'file'},
        {id: 'file-44444444', object: 'file'},
      ],
      file_id: 'file-44444444',
    },
    '/file_id: was "(id 1, not compared)", now "(id 2, not compared)"',
  ],
];

test('what only looks like an id or a time is compared', t => {
  for (const [before, after, sentence] of changed) {
    const found = findings(JSON.stringify(before), JSON.stringify(after));
    t.is(found.length, 1, sentence);
    t.true(found[0]?.startsWith(sentence), `${found[0]} instead of ${sentence}`);
  }
});

test('a change beside new ids and times is all that is reported and marked', t => {
  const [before, after] = [1, 2].map(run =>
    sideWith(JSON.stringify({id: `m${run}`, created: run, results: [{flagged: run === 2}]})),
  );
  const change = before && after && compareInteractions(before, after, {tokens: defaultTokenTolerance});
  if (!change || !('askings' in change)) return t.fail();
  const [asking] = change.askings;
  t.deepEqual(asking?.findings, [{verdict: 'text', sentence: '/results/0/flagged: was false, now true'}]);
  if (!asking) return t.fail();
  const [was, now] = comparedTexts(asking.before, asking.after).map(text => text.split('\n'));
  t.deepEqual(
    was?.filter((line, index) => line !== now?.[index]),
    ['      "flagged": false'],
  );
  // A program that reads the report gets them as they were recorded.
  t.regex(asking.before.raw ?? '', /"id": "m1"/);
});

test('bytes that are no JSON are compared by their digest', t => {
  t.deepEqual(findings(new Uint8Array([255, 1]), new Uint8Array([255, 1])), []);
  t.is(findings(new Uint8Array([255, 1]), new Uint8Array([255, 2])).length, 1);
  t.is(findings('id: a', 'id: b').length, 1);
});

const lasting = fc.constantFrom(
  'text',
  'status',
  'model',
  'flagged',
  'url',
  'title',
  'usage_bytes',
  'custom_id',
);
const leaf = fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.string({maxLength: 6}));
const {tree} = fc.letrec<{tree: unknown; object: Record<string, unknown>}>(tie => ({
  tree: fc.oneof({depthSize: 'small'}, leaf, tie('object'), fc.array(tie('object'), {maxLength: 3})),
  object: fc.dictionary(lasting, tie('tree'), {maxKeys: 4}),
}));
const answers = fc.dictionary(lasting, tree, {maxKeys: 4});

/** Members that a provider makes up, in every object of an answer. */
function withVolatile(value: unknown, run: number, count = {of: 0}): unknown {
  if (Array.isArray(value)) return value.map(item => withVolatile(item, run, count));
  if (typeof value !== 'object' || value === null) return value;
  const number = ++count.of;
  return {
    id: `obj_${run}${String.fromCharCode(97 + (number % 26))}${1000 + number}zz`,
    created_at: run * 1000 + number,
    request_id: `req_${run}${number}`,
    ...Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, withVolatile(member, run, count)]),
    ),
    system_fingerprint: `fp_${run}`,
    updateTime: `2026-11-0${run}T10:00:00Z`,
  };
}

test('law: new ids and times are never a change', t => {
  fc.assert(
    fc.property(answers, answer => {
      const [before, after] = [1, 2].map(run => JSON.stringify(withVolatile(answer, run)));
      t.deepEqual(findings(before ?? '', after ?? ''), []);
    }),
    {numRuns: 200},
  );
});

test('law: every other difference is a change', t => {
  fc.assert(
    fc.property(answers, answers, (one, other) => {
      const isSame =
        withoutVolatileMembers(JSON.stringify(one)) === withoutVolatileMembers(JSON.stringify(other));
      fc.pre(JSON.stringify(one) !== JSON.stringify(other));
      t.false(isSame);
      const [before, after] = [withVolatile(one, 1), withVolatile(other, 2)].map(value =>
        JSON.stringify(value),
      );
      t.true(findings(before ?? '', after ?? '').length > 0);
    }),
    {numRuns: 200},
  );
});
