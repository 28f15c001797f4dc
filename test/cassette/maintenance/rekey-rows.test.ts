import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {writeCanonicalFile} from '../../../src/cassette/file/write-committed-file.js';
import {type CassetteKey, canonicalView, cassetteKey} from '../../../src/cassette/key/key.js';
import {
  defaultKeySettings,
  type IgnoreRule,
  type KeySettings,
  storedForm,
} from '../../../src/cassette/key/key-settings.js';
import {createViewer} from '../../../src/cassette/key/matching-view.js';
import {noFactRows} from '../../../src/cassette/rows/fact-rows.js';
import {interactionId} from '../../../src/cassette/rows/interaction-row.js';
import {mergeFacts} from '../../../src/cassette/rows/merge-facts.js';
import type {StoredInteraction} from '../../../src/cassette/rows/stored-cassette.js';
import {takeRow} from '../../../src/cassette/rows/take-row.js';
import type {ChatRequest} from '../../../src/chat/request.js';
import {rekeyCassette} from '../../../src/operations/rekey-cassette.js';
import {verifyCassette} from '../../../src/operations/verify-cassette.js';
import {interactionsIn} from '../../support/cassette-files.js';
import {keyOf, takeOf, textOf, viewOf} from '../../support/recordings.js';
import {type StoredTakes, writeStoredCassette} from '../../support/stored-cassette.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

const secret = `sk-proj-${'a1B2'.repeat(10)}`;
const other = `sk-proj-${'z9Y8'.repeat(10)}`;

/** Rekeys a cassette with these recordings and returns its content: each request with its answers. */
async function rekeyed(t: ExecutionContext, held: StoredTakes, settings: Partial<KeySettings>, before = {}) {
  const path = await writeStoredCassette(join(await temporaryFolder(t), 'a.cassette'), held, before);
  const report = await rekeyCassette({path, settings, isWritten: true});
  t.deepEqual((await verifyCassette(path)).findings, []);
  const interactions = await interactionsIn(path);
  return {path, report, interactions, answers: interactions.map(({takes}) => takes.map(textOf)).sort()};
}

/** The key that a proxy with these settings looks up. */
function keyAsked(question: string, settings: Partial<KeySettings>): CassetteKey {
  const request: ChatRequest = {
    operation: 'chat',
    turns: [{role: 'user', parts: [{type: 'text', text: question}]}],
  };
  return cassetteKey(createViewer(storedForm({...defaultKeySettings, ...settings})).viewOf(request).view);
}

test('a secret is redacted in requests and answers, and the request still finds its answer', async t => {
  const {interactions, report} = await rekeyed(
    t,
    {[`Use ${secret}`]: [`I use ${secret}.`], 'Hi?': ['Ho']},
    {},
  );
  t.like(report, {interactions: 2, changed: 1, united: 0, hasNewSettings: false});
  t.false(JSON.stringify(interactions).includes(secret));
  const found = interactions.find(({key}) => key === keyAsked(`Use ${secret}`, {}));
  t.deepEqual(found?.takes.map(textOf), ['I use <redacted:api-key:1>.']);
});

test('requests that differ only in their secret become one, with the answers of both', async t => {
  const {answers, report} = await rekeyed(
    t,
    {[`Use ${secret}`]: [takeOf('Yes', 1)], [`Use ${other}`]: [takeOf('No', 2), takeOf('Yes', 3)]},
    {},
  );
  t.like(report, {interactions: 2, changed: 2, united: 1});
  t.deepEqual(answers, [['Yes', 'No']]);
});

test('new rules give the keys that a proxy with these rules looks up', async t => {
  const settings = {
    redact: [{name: 'badge', pattern: 'B-\\d+'}],
    ignore: [{pattern: '\\d{4}-\\d\\d-\\d\\d'}],
  };
  const {interactions} = await rekeyed(t, {'Who is B-12 on 2026-01-02?': ['Ann']}, settings);
  t.deepEqual(
    interactions.map(({key}) => key),
    [keyAsked('Who is B-12 on 2026-01-02?', settings)],
  );
});

test('model names become part of the key, one interaction for each, and can be removed again without a trace', async t => {
  const named = (model: string, recordedAt: number) => {
    const take = takeOf(`I am ${model}`, recordedAt);
    return {...take, provenance: {...take.provenance, askedFor: model}};
  };
  const held = {'Who?': [named('gpt-4o', 1), named('gemini', 2), named('gpt-4o', 3)]};
  const {path, interactions, report} = await rekeyed(t, held, {forwardModel: true});
  t.like(report, {interactions: 1, changed: 1, hasNewSettings: true});
  t.deepEqual(interactions.map(({view, takes}) => [view['model'], takes.length]).sort(), [
    ['gemini', 1],
    ['gpt-4o', 2],
  ]);
  await rekeyCassette({path, settings: {forwardModel: false}, isWritten: true});
  const original = await writeStoredCassette(`${path}.original`, held);
  t.deepEqual(await readFile(path), await readFile(original));
});

test('a removed rule does not restore the values it removed, and this is reported', async t => {
  const ignore = [{pattern: '\\d+'}];
  const {report, interactions} = await rekeyed(t, {'In <ignored>?': ['Yes']}, {ignore: []}, {ignore});
  t.is(report.losses.length, 1);
  t.regex(report.losses[0] ?? '', /^What the ignore rule \{"pattern":"\\\\d\+"\} masked is not stored/);
  t.deepEqual(
    interactions.map(({key}) => key),
    [keyOf('In <ignored>?')],
  );
});

test('rekeying again, or with unchanged settings, leaves the same bytes', async t => {
  const settings = {redact: [{name: 'word', pattern: 'redacted|\\bWho\\b'}], ignore: [{pattern: '\\w+ing'}]};
  const {path} = await rekeyed(t, {[`Who is singing ${secret}?`]: ['Ann']}, settings);
  const once = await readFile(path);
  const again = await rekeyCassette({path, settings, isWritten: true});
  t.like(again, {changed: 0, united: 0, hasNewSettings: false});
  t.deepEqual(await readFile(path), once);
});

test('a dry run writes nothing', async t => {
  const path = await writeStoredCassette(join(await temporaryFolder(t), 'a.cassette'), {
    [`Use ${secret}`]: ['Yes'],
  });
  const before = await readFile(path);
  t.like(await rekeyCassette({path, settings: {}, isWritten: false}), {changed: 1});
  t.deepEqual(await readFile(path), before);
});

test('keys of an older scheme become current ones', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  const request = canonicalView(viewOf('Hi?'));
  const digest = createHash('sha256').update('retake:0\n').update(request).digest('hex');
  const key = `0:${digest}` as CassetteKey;
  const stored: StoredInteraction = {
    id: interactionId(key),
    row: {key, request, takes: [takeRow(key, takeOf('Ho'))]},
  };
  await writeCanonicalFile(path, {
    keySettings: defaultKeySettings,
    interactions: [stored],
    facts: mergeFacts(undefined, noFactRows()),
  });
  t.like(await rekeyCassette({path, settings: {}, isWritten: true}), {interactions: 1, changed: 1});
  const original = await writeStoredCassette(`${path}.original`, {'Hi?': ['Ho']});
  t.deepEqual(await readFile(path), await readFile(original));
});

const numberless: IgnoreRule = {pattern: '\\d{4}-\\d{2}-\\d{2}'};

test('masks without numbers get them where only one value was ignored', async t => {
  const held = {
    'On <ignored>?': ['Monday'],
    'No date?': ['Never'],
    'From <ignored> to <ignored>?': ['A week'],
  };
  const {interactions, report} = await rekeyed(t, held, {ignore: [numberless]}, {ignore: [numberless]});
  t.like(report, {interactions: 3, changed: 1, hasNewSettings: true});
  t.deepEqual(report.losses.length, 1);
  t.regex(report.losses[0] ?? '', /^1 request has several ignored values, .* Record them again/);
  const settings = {ignore: [{...numberless, number: true}]};
  const found = (question: string) =>
    interactions.find(({key}) => key === keyAsked(question, settings))?.takes.map(textOf);
  t.deepEqual(found('On 2026-11-29?'), ['Monday']);
  t.deepEqual(found('No date?'), ['Never']);
  t.is(found('From 2026-11-29 to 2026-11-30?'), undefined);
  t.is(found('From 2026-11-29 to 2026-11-29?'), undefined);
});

test('numbers can be taken away again', async t => {
  const settings = {ignore: [{...numberless, number: false}]};
  const {interactions, report} = await rekeyed(
    t,
    {'From <ignored:1> to <ignored:2>?': ['A week']},
    settings,
    {ignore: [{...numberless, number: true}]},
  );
  t.like(report, {changed: 1, hasNewSettings: true, losses: []});
  t.is(interactions[0]?.key, keyAsked('From 2026-11-29 to 2026-11-29?', settings));
});

test('settings of no effect go from what was recorded before that was known', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  const view = {...viewOf('hi'), sampling: {presencePenalty: 0}};
  const take = takeOf('Ho');
  const key = cassetteKey(view);
  await writeCanonicalFile(path, {
    keySettings: defaultKeySettings,
    interactions: [
      {id: interactionId(key), row: {key, request: canonicalView(view), takes: [takeRow(key, take)]}},
    ],
    facts: mergeFacts(undefined, noFactRows()),
  });
  const report = await rekeyCassette({path, settings: {}, isWritten: true});
  t.like(report, {interactions: 1, changed: 1, hasNewSettings: false});
  t.is((await interactionsIn(path))[0]?.key, keyOf('hi'));
});
