import {join} from 'node:path';
import test from 'ava';
import type {ProxyOptions} from '../../src/index.js';
import {buildProxy, temporaryFolder} from '../support/build-proxy.js';
import {writeStoredCassette} from '../support/stored-cassette.js';
import {liveProxy} from './live-proxy.js';
import {ways} from './ways.js';

const date = '\\d{4}-\\d{2}-\\d{2}';
const path = '/v1/chat/completions';

/** A conversation with two dates in its text, in a tool call and in a tool result. */
function conversation([text, call, result]: readonly (readonly [string, string])[]): object {
  const [from, to] = [0, 1] as const;
  return {
    model: 'm',
    messages: [
      {role: 'user', content: `From ${text?.[from]} to ${text?.[to]}`},
      {
        role: 'assistant',
        tool_calls: [
          {
            id: 'c',
            type: 'function',
            function: {name: 'f', arguments: JSON.stringify({from: call?.[from], to: call?.[to]})},
          },
        ],
      },
      {role: 'tool', tool_call_id: 'c', content: JSON.stringify({days: [result?.[from], result?.[to]]})},
    ],
  };
}

const [a, b, c, d] = ['2026-01-01', '2026-02-02', '2026-03-03', '2026-04-04'] as const;
const recorded = [
  [a, b],
  [a, b],
  [b, a],
] as const;

for (const rule of ['iso-date', {pattern: date}] as const) {
  test(`with the rule ${JSON.stringify(rule)}, other dates hit, and dates that change places do not`, async t => {
    const options: Partial<ProxyOptions> = {keySettings: {ignore: [rule]}};
    const {post} = await liveProxy(t, options);
    const outcome = async (body: object) => (await post(path, body)).headers.get('x-retake');
    t.is(await outcome(conversation(recorded)), 'recorded');
    t.is(
      await outcome(
        conversation([
          [c, d],
          [c, d],
          [d, c],
        ]),
      ),
      'hit',
    );
    t.is(
      await outcome(
        conversation([
          [b, a],
          [b, a],
          [a, b],
        ]),
      ),
      'hit',
      'they are renamed throughout',
    );
    t.is(
      await outcome(
        conversation([
          [b, a],
          [a, b],
          [b, a],
        ]),
      ),
      'recorded',
      'in the text',
    );
    t.is(
      await outcome(
        conversation([
          [a, b],
          [b, a],
          [b, a],
        ]),
      ),
      'recorded',
      'in the tool call',
    );
    t.is(
      await outcome(
        conversation([
          [a, b],
          [a, b],
          [a, b],
        ]),
      ),
      'recorded',
      'in the tool result',
    );
    t.is(
      await outcome(
        conversation([
          [a, a],
          [a, a],
          [a, a],
        ]),
      ),
      'recorded',
      'equal dates',
    );
  });
}

test('without numbers, all dates are the same', async t => {
  const {post} = await liveProxy(t, {keySettings: {ignore: [{pattern: date, number: false}]}});
  const outcome = async (body: object) => (await post(path, body)).headers.get('x-retake');
  t.is(await outcome(conversation(recorded)), 'recorded');
  t.is(
    await outcome(
      conversation([
        [b, a],
        [a, b],
        [c, c],
      ]),
    ),
    'hit',
  );
});

test('a cassette from before masks had numbers replays, and other settings say how to go on', async t => {
  const cassette = await writeStoredCassette(
    join(await temporaryFolder(t), 'old.cassette'),
    {'From <ignored> to <ignored>': ['A month']},
    {ignore: [{pattern: date}]},
  );
  const {post} = await buildProxy(t, {mode: 'replay', cassette});
  for (const way of ways) {
    const response = await post(way.path, way.ask(`From ${a} to ${b}`));
    t.is(way.read(await response.text()).candidates[0]?.text, 'A month', way.name);
  }
  const error = await t.throwsAsync(
    buildProxy(t, {mode: 'replay', cassette, keySettings: {ignore: [{pattern: date}]}}),
  );
  t.like(error, {code: 'settings_differ'});
  t.regex(`${(error as {hint?: string}).hint}`, /numbers now.*retake rekey.*"number": false/);
  const keySettings = {ignore: [{pattern: date, number: false}]};
  await t.notThrowsAsync(buildProxy(t, {mode: 'replay', cassette, keySettings}));
});

test('what retake stores when it records is what it asks for when it replays', async t => {
  const ignore = [
    'agent-noise',
    {pattern: date},
    {pattern: 'x', number: false},
    {pointer: '/sampling'},
  ] as const;
  const live = await liveProxy(t, {keySettings: {ignore: [...ignore]}});
  await (await live.post(path, conversation(recorded))).text();
  await live.proxy.close();
  for (const keySettings of [{}, {ignore: [...ignore]}]) {
    const {post} = await buildProxy(t, {mode: 'replay', cassette: live.cassette, keySettings});
    t.is((await post(path, conversation(recorded))).headers.get('x-retake'), 'hit');
  }
});
