import {existsSync} from 'node:fs';
import test from 'ava';
import type {Bench, Effort} from '../../bench/bench.js';
import {type CaseResult, runBenches} from '../../bench/run-benches.js';

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
  const results: CaseResult[] = [];
  for await (const result of runBenches([measure('first'), broken, measure('last')], effort)) {
    results.push(result);
  }
  t.deepEqual(
    results.map(result => ('rows' in result ? [result.name, result.rows.length] : [result.name, 'failed'])),
    [
      ['first', 1],
      ['broken', 'failed'],
      ['last', 1],
    ],
  );
  t.regex(JSON.stringify(results[1]), /serve.*ended/);
  t.deepEqual(folders.filter(existsSync), []);
});

test('the result of a case is there before the next case starts', async t => {
  const started: string[] = [];
  const bench = (name: string) =>
    benchOf(name, async () => {
      started.push(name);
      return [];
    });
  for await (const {name} of runBenches([bench('first'), bench('second')], effort)) {
    t.is(started.at(-1), name);
  }
  t.deepEqual(started, ['first', 'second']);
});
