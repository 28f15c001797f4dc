import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {Model} from '../../src/chat/model.js';
import {RetakeError} from '../../src/errors.js';
import {type RerecordOptions, rerecordCassette} from '../../src/operations/rerecord-cassette.js';
import {interactionsIn} from '../support/cassette-files.js';
import {keyOf, takeOf, textOf} from '../support/recordings.js';
import {type StoredTakes, writeStoredCassette} from '../support/stored-cassette.js';
import {temporaryFolder} from '../support/temporary-folder.js';

/** A model whose answer is a function of the question and of how often it was asked. */
function modelThat(answer: (question: string, asking: number) => string): Model & {readonly asked: string[]} {
  const asked: string[] = [];
  const model: Model = async function* (request) {
    const question = /"text":"([^"]*)"/.exec(JSON.stringify(request))?.[1] ?? '';
    const asking = asked.filter(one => one === question).length;
    asked.push(question);
    for (const {chunk} of takeOf(answer(question, asking)).chunks) yield chunk;
  };
  return Object.assign(model, {asked});
}

async function project(t: ExecutionContext, held: StoredTakes) {
  const path = await writeStoredCassette(join(await temporaryFolder(t), 'a.cassette'), held);
  const rerecord = (model: Model, options: Partial<RerecordOptions> = {}) =>
    rerecordCassette({
      path,
      model,
      modelName: 'test',
      isDrift: false,
      withPlaceholders: false,
      rasterizer: {path: process.env['PATH'] ?? ''},
      signal: new AbortController().signal,
      ...options,
    });
  const answers = async () =>
    Object.fromEntries(
      (await interactionsIn(path)).map(({view, takes}) => [
        /"text":"([^"]*)"/.exec(JSON.stringify(view))?.[1] ?? '',
        takes.map(textOf).join(' '),
      ]),
    );
  return {path, rerecord, answers};
}

const capitals = {'France?': ['Paris'], 'Spain?': ['Madrid'], 'Italy?': ['Rome', 'Roma']};
const same = (question: string, asking: number) =>
  (capitals[question as keyof typeof capitals] ?? [])[asking] ?? 'Unknown';

test('equivalent answers leave the same bytes', async t => {
  const {path, rerecord} = await project(t, capitals);
  const before = await readFile(path);
  t.like(await rerecord(modelThat(same)), {asked: 3, resumed: 0, changes: [], skipped: [], failed: []});
  t.deepEqual(await readFile(path), before);
});

test('a request is sent once for each take, and different answers replace theirs', async t => {
  const {rerecord, answers} = await project(t, capitals);
  const model = modelThat((question, asking) =>
    question === 'Italy?' && asking === 1
      ? 'Rom'
      : question === 'Spain?'
        ? 'Barcelona'
        : same(question, asking),
  );
  const {changes} = await rerecord(model);
  t.deepEqual(
    changes.map(({verdict}) => verdict),
    ['text', 'text'],
  );
  t.deepEqual(model.asked.filter(one => one === 'Italy?').length, 2);
  t.deepEqual(await answers(), {'France?': 'Paris', 'Italy?': 'Rome Rom', 'Spain?': 'Barcelona'});
});

test('drift is reported, and nothing is written', async t => {
  const {path, rerecord} = await project(t, capitals);
  const before = await readFile(path);
  const {changes} = await rerecord(
    modelThat(() => 'Other'),
    {isDrift: true},
  );
  t.is(changes.length, 3);
  t.deepEqual(await readFile(path), before);
  t.false(existsSync(join(path, '..', '.retake')));
});

test('the filter selects by a part of the question or a key prefix', async t => {
  const {rerecord} = await project(t, capitals);
  const model = modelThat(same);
  await rerecord(model, {filter: 'fran'});
  await rerecord(model, {filter: keyOf('Spain?').slice(2, 12)});
  t.deepEqual(model.asked, ['France?', 'Spain?']);
});

test('an aborted rerecord keeps the finished answers, and the next one continues after them', async t => {
  const {rerecord, answers} = await project(t, capitals);
  const ending = new AbortController();
  const model = modelThat((_question, asking) => `Other ${asking}`);
  const ended = await rerecord(model, {
    signal: ending.signal,
    onProgress: ({done}) => {
      if (done === 1) ending.abort();
    },
  });
  t.like(ended, {asked: 1, failed: []});
  const first = model.asked[0] ?? '';
  t.regex((await answers())[first] ?? '', /^Other/);
  t.is(Object.values(await answers()).filter(said => said.startsWith('Other')).length, 1);
  const askedBefore = model.asked.length;
  t.like(await rerecord(model), {asked: 2, resumed: 1});
  t.false(model.asked.slice(askedBefore).includes(first));
  t.like(await rerecord(model), {asked: 3, resumed: 0});
});

test('a different model starts over', async t => {
  const {rerecord} = await project(t, capitals);
  const ending = new AbortController();
  const options = {
    signal: ending.signal,
    onProgress: ({done}: {done: number}) => done === 2 && ending.abort(),
  };
  await rerecord(modelThat(same), options);
  t.like(await rerecord(modelThat(same), {modelName: 'another'}), {asked: 3, resumed: 0});
});

test('a request that fails is named, keeps its takes, and is sent again next time', async t => {
  const {rerecord, answers} = await project(t, capitals);
  const failing = modelThat(question => {
    if (question === 'Spain?') throw new RetakeError('upstream_failed', 'The upstream hung up');
    return 'Other';
  });
  const {failed} = await rerecord(failing);
  t.deepEqual(failed, [{key: keyOf('Spain?'), question: 'Spain?', reason: 'The upstream hung up'}]);
  t.is((await answers())['Spain?'], 'Madrid');
  t.like(await rerecord(modelThat(() => 'Other')), {asked: 1, resumed: 2});
});

test('redacted or masked requests are named and skipped, except with withMasks', async t => {
  const {rerecord, answers} = await project(t, {'Use <redacted:api-key:1>': ['Yes'], 'Hi?': ['Ho']});
  const {skipped} = await rerecord(modelThat(() => 'Other'));
  t.deepEqual(
    skipped.map(({question}) => question),
    ['Use <redacted:api-key:1>'],
  );
  t.is((await answers())['Use <redacted:api-key:1>'], 'Yes');
  await rerecord(
    modelThat(() => 'Other'),
    {withPlaceholders: true},
  );
  t.is((await answers())['Use <redacted:api-key:1>'], 'Other');
});

test('a secret in a new answer is redacted', async t => {
  const {path, rerecord} = await project(t, {'Hi?': ['Ho']});
  const secret = `sk-proj-${'a1B2'.repeat(10)}`;
  await rerecord(modelThat(() => `Take ${secret}`));
  t.false((await readFile(path)).includes(secret));
});
