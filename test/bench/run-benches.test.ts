import {existsSync} from 'node:fs';
import test from 'ava';
import type {Bench, Effort} from '../../bench/bench.js';
import {type BenchEvent, runBenches} from '../../bench/run-benches.js';

const effort: Effort = {
  rounds: 1,
  roundSeconds: 1,
  warmUpSeconds: 0,
  repeats: 1,
  manyInteractions: 1,
  storeInteractions: 1,
};

function benchOf(name: string, run: Bench['run']): Bench {
  return {name, summary: `the case ${name}`, run};
}

test('a case that cannot run is named, and the cases around it keep their results', async t => {
  const folders: string[] = [];
  const measure = (name: string) =>
    benchOf(name, async ({folder}) => {
      folders.push(folder);
      return [{what: name, measured: 1, unit: 'ms', detail: ''}];
    });
  const broken = benchOf('broken', async ({folder, servers}) => {
    folders.push(folder);
    await servers.retake(['--cassette', 'missing-folder/x.cassette', '--mode', 'no such mode']);
    return [];
  });
  const events: BenchEvent[] = [];
  for await (const event of runBenches([measure('first'), broken, measure('last')], effort))
    events.push(event);
  t.deepEqual(
    events.map(({name, type}) => `${name} ${type}`),
    [
      'first start',
      'first row',
      'first end',
      'broken start',
      'broken end',
      'last start',
      'last row',
      'last end',
    ],
  );
  const failures = events.filter(event => event.type === 'end' && event.error !== undefined);
  t.deepEqual(
    failures.map(({name}) => name),
    ['broken'],
  );
  t.regex(JSON.stringify(failures), /serve.*ended/);
  t.deepEqual(folders.filter(existsSync), []);
});

test('a row is there before the next one is measured, and stays if that one fails', async t => {
  let measured = 0;
  const bench = benchOf('two rows', async function* () {
    for (const what of ['first', 'second']) {
      measured++;
      yield {what, measured, unit: 'ms', detail: ''};
    }
    throw new Error('no third row');
  });
  const seen: unknown[] = [];
  for await (const event of runBenches([bench], effort)) {
    if (event.type === 'row') seen.push([event.row.what, measured]);
    if (event.type === 'end') seen.push(event.error);
  }
  t.deepEqual(seen, [['first', 1], ['second', 2], 'no third row']);
});

test('a case ends before the next one starts', async t => {
  const running: string[] = [];
  const bench = (name: string) =>
    benchOf(name, async () => {
      running.push(name);
      return [];
    });
  for await (const {name, type} of runBenches([bench('first'), bench('second')], effort))
    if (type === 'end') t.is(running.at(-1), name);
  t.deepEqual(running, ['first', 'second']);
});
