import test, {type ExecutionContext} from 'ava';
import {testsGetFaultsOfTheirFile} from '../support/fault-test-file.js';
import {type ExampleProject, exampleProject} from './example-project.js';

/** With longer timeouts than usual, because other tests run at the same time. */
const timeouts = ['--testTimeout', '60000', '--hookTimeout', '60000'];
const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...timeouts];
const cassette = 'src_capitals.test.js.cassette';

async function recordedProject(t: ExecutionContext): Promise<ExampleProject> {
  const project = await exampleProject(t, 'vitest');
  const {exitCode, output} = await project.run([...vitest, '-u']);
  t.is(exitCode, 0, output);
  t.is(project.asked(), 2);
  t.deepEqual(await project.cassettes(), [cassette]);
  return project;
}

test.serial('a removed test leaves its recording unused, which is named after a whole run only', async t => {
  const project = await recordedProject(t);
  const filtered = await project.run([...vitest, '-t', 'France']);
  t.is(filtered.exitCode, 0, filtered.output);
  t.notRegex(filtered.output, /not requested/);
  await project.edit(
    'src/capitals.test.js',
    "test('the capital of Italy'",
    "test.skip('the capital of Italy'",
  );
  t.notRegex((await project.run(vitest)).output, /not requested/);
  t.notRegex(
    (await project.run([...vitest, '-u'])).output,
    /removed/,
    'the skipped test keeps its recording',
  );
  await project.write(
    'src/capitals.test.js',
    `import {expect, test} from 'vitest';
     import {capitalOf} from './capitals.js';
     test('the capital of France', async () => expect(await capitalOf('France')).toContain('France'));`,
  );
  const {exitCode, output} = await project.run(vitest);
  t.is(exitCode, 0, output);
  t.regex(output, /1 recorded answer was not requested by any test of src\/capitals\.test\.js:/);
  t.regex(output, /take 1: What is the capital of Italy\?/);

  const updated = await project.run([...vitest, '-u']);
  t.is(updated.exitCode, 0, updated.output);
  t.regex(updated.output, /take 1: What is the capital of Italy\?\nThey were removed\./);
  t.is(project.asked(), 2);
  const last = await project.run(vitest);
  t.is(last.exitCode, 0);
  t.notRegex(last.output, /not requested/);
});

test.serial('before the first recording, each test says how to record', async t => {
  const project = await exampleProject(t, 'vitest');
  const {exitCode, output} = await project.run(vitest);
  t.is(exitCode, 1);
  t.regex(output, /No cassette 'src_capitals\.test\.js' in cassettes/);
  t.regex(output, /npx vitest run src\/capitals\.test\.js -u$/m);
  t.is(project.asked(), 0);
  await project.write('src/other.test.js', "import {test} from 'vitest';\ntest('other', () => {});");
  const advised = await project.run([...vitest, 'src/capitals.test.js', '-u']);
  t.is(advised.exitCode, 0, advised.output);
  t.regex(advised.output, /Test Files {2}1 passed \(1\)/);
  t.is(project.asked(), 2);
});

test.serial(
  'tests that run at the same time have base URLs of their own, and a shared client fails the file',
  async t => {
    const project = await exampleProject(t, 'vitest');
    await project.write(
      'src/capitals.test.js',
      `import OpenAI from 'openai';
     import {expect, test} from 'vitest';
     import {useRetake} from 'retake/vitest';
     import {capitalOf} from './capitals.js';
     const retake = await useRetake();
     for (const country of ['France', 'Italy', 'Spain']) {
       test.concurrent(country, async context => {
         const client = new OpenAI({baseURL: retake.urlsOf(context).openai, maxRetries: 0});
         const messages = [{role: 'user', content: country === 'Italy' ? process.env.ITALY : country}];
         const {choices} = await client.chat.completions.create({model: 'gpt-4o', messages}).catch(() => ({choices: []}));
         if (process.env.SHARED) await capitalOf(country);
         expect(choices.length).toBeLessThan(2);
       });
     }`,
    );
    const recorded = await project.run([...vitest, '-u'], {ITALY: 'Italy'});
    t.is(recorded.exitCode, 0, recorded.output);
    const changed = await project.run(vitest, {ITALY: 'Italia'});
    t.is(changed.exitCode, 1);
    t.regex(changed.output, /FAIL {2}src\/capitals\.test\.js > Italy/);
    t.notRegex(changed.output, /FAIL {2}src\/capitals\.test\.js > (?:France|Spain)/);
    const shared = await project.run(vitest, {ITALY: 'Italy', SHARED: '1'});
    t.is(shared.exitCode, 1);
    t.regex(shared.output, /requests? of the tests of src\/capitals\.test\.js ha(?:s|ve) no recording/);
  },
);

test.serial(
  'a retried test asks from the first take again, and files in parallel do not disturb each other',
  async t => {
    const project = await exampleProject(t, 'vitest');
    for (const name of ['a', 'b', 'c']) {
      await project.write(
        `src/${name}.test.js`,
        `import {expect, test} from 'vitest';
       import {capitalOf} from './capitals.js';
       let attempts = 0;
       test('flaky', {retry: 2}, async () => {
         expect(await capitalOf('${name}')).toContain('${name}');
         expect(++attempts).toBe(2);
       });`,
      );
    }
    t.is((await project.run([...vitest, '-u'])).exitCode, 0);
    const {exitCode, output} = await project.run(vitest);
    t.is(exitCode, 0, output);
    t.is((await project.cassettes()).length, 4);
  },
);

test.serial('under `retake run`, the kit uses the running retake', async t => {
  const project = await recordedProject(t);
  const {exitCode, output} = await project.run(
    ['node_modules/retake/dist/bin/retake.js', 'run', '--mode', 'replay', '--', process.execPath, ...vitest],
    {RETAKE_UPSTREAM: ''},
  );
  t.is(exitCode, 0, output);
  t.regex(output, /2 requests: 2 replayed/);
});

test.serial('a shard runs its files, and names no take of the others as unused', async t => {
  const project = await recordedProject(t);
  await project.write(
    'src/other.test.js',
    `import {expect, test} from 'vitest';
     import {capitalOf} from './capitals.js';
     test('the capital of Peru', async () => expect(await capitalOf('Peru')).toContain('Peru'));`,
  );
  t.is((await project.run([...vitest, '-u'])).exitCode, 0);
  for (const shard of ['1/2', '2/2']) {
    const {exitCode, output} = await project.run([...vitest, '--shard', shard], {RETAKE_UPSTREAM: ''});
    t.is(exitCode, 0, output);
    t.regex(output, /Test Files {2}1 passed \(1\)/);
    t.notRegex(output, /not requested/);
  }
});

test.serial('the faults of a test file are those of each of its tests', async t => {
  const project = await exampleProject(t, 'vitest');
  await project.edit('vitest.config.js', "setupFiles: ['retake/vitest/setup']", 'setupFiles: []');
  await testsGetFaultsOfTheirFile(t, project, {
    beginning: `import {expect, test} from 'vitest';
     import {useRetake} from 'retake/vitest';
     const {urls} = await useRetake({faults: ['rate-limit,times=1']});`,
    record: [...vitest, '-u'],
    replay: vitest,
  });
});
