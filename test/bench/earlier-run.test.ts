import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import type {Row} from '../../bench/bench.js';
import {missingNow, readEarlierRun} from '../../bench/earlier-run.js';
import {describeChange} from '../../bench/table.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const program = fileURLToPath(new URL('../../bench/main.js', import.meta.url));

async function written(t: ExecutionContext, content: string): Promise<string> {
  const file = join(await temporaryFolder(t), 'before.json');
  await writeFile(file, content);
  return file;
}

test('each row says how its figure has changed since an earlier run', async t => {
  const rows = [
    {case: 'start', what: 'first answer', measured: 200, unit: 'ms', detail: ''},
    {case: 'start', what: 'gone', measured: 1, unit: 'ratio', detail: ''},
    {case: 'start', what: 'memory', skipped: 'not on this system'},
    {case: 'store', what: 'copy', measured: 7, unit: 'ms', detail: ''},
  ];
  const earlier = readEarlierRun(await written(t, JSON.stringify({machine: {}, rows, failed: []})));
  const ms = (what: string, measured: number): Row => ({what, measured, unit: 'ms', detail: ''});
  t.is(describeChange(earlier, 'start', ms('first answer', 150)), '200 ms → 150 ms (0.75 ×)');
  t.is(describeChange(earlier, 'start', {what: 'first answer', skipped: 'no'}), '200 ms then');
  t.is(describeChange(earlier, 'start', ms('memory', 90)), 'skipped then');
  t.is(describeChange(earlier, 'live', ms('first answer', 150)), 'not in the earlier run');
  const now = [{case: 'start', ...ms('first answer', 150)}];
  t.deepEqual(missingNow(earlier, ['start'], now), ['start: gone', 'start: memory']);
  t.deepEqual(missingNow(earlier, ['start', 'store'], now).at(-1), 'store: copy');
});

for (const [title, content] of Object.entries({
  'text that is not JSON': 'unary: 0.91',
  'JSON of something else': '{"rows": 3}',
  'rows without figures': '{"rows": [{"case": "start", "what": "first answer"}]}',
  'a unit that is unknown': '{"rows": [{"case": "start", "what": "x", "measured": 1, "unit": "parsec"}]}',
}))
  test(`${title} cannot be compared with, before anything is measured`, async t => {
    const file = await written(t, content);
    const {exitCode, stdout, stderr} = await execa(process.execPath, [program, '--compare', file], {
      reject: false,
    });
    t.is(exitCode, 1);
    t.is(stdout, '');
    t.true(stderr.includes(`${file} is not the JSON of an earlier run`), stderr);
  });

test('the help has examples', async t => {
  const {stdout} = await execa(process.execPath, [program, '--help']);
  t.regex(stdout, /Examples:\n {2}npm run bench -- --quick/);
  t.regex(stdout, /--compare before\.json/);
});
