import {existsSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {testsGetFaultsOfTheirFile} from '../support/fault-test-file.js';
import {type ExampleProject, exampleProject, jestFolder} from './example-project.js';

/** With longer timeouts than usual, because other tests run at the same time. */
const jest = ['node_modules/jest/bin/jest.js', '--testTimeout', '60000'];
const installed = existsSync(jestFolder) ? test.serial : test.skip;

async function recordedProject(t: ExecutionContext): Promise<ExampleProject> {
  const project = await exampleProject(t, 'jest');
  const {exitCode, output} = await project.run([...jest, '-u']);
  t.is(exitCode, 0, output);
  t.is(project.asked(), 2);
  t.deepEqual(await project.cassettes(), ['src_capitals.test.js.cassette']);
  return project;
}

installed('a removed test leaves its recording unused, which is named after a whole run only', async t => {
  const project = await recordedProject(t);
  const filtered = await project.run([...jest, '-t', 'France']);
  t.is(filtered.exitCode, 0, filtered.output);
  t.notRegex(filtered.output, /not requested/);
  const [own, skipped] = ["test('the capital of Italy'", "test.skip('the capital of Italy'"] as const;
  await project.edit('src/capitals.test.js', own, skipped);
  t.notRegex((await project.run(jest)).output, /not requested/, 'the skipped test keeps its recording');
  t.notRegex((await project.run([...jest, '-u'])).output, /not requested/);
  await project.edit('src/capitals.test.js', `${skipped},`, 'void (0,');
  await project.edit('src/capitals.test.js', "toContain('France')", "toBe('nothing')");
  t.notRegex((await project.run(jest)).output, /not requested/, 'a failed test may request more');
  await project.edit('src/capitals.test.js', "toBe('nothing')", "toContain('France')");
  const {exitCode, output} = await project.run(jest);
  t.is(exitCode, 0, output);
  t.regex(output, /1 recorded answer was not requested by any test of src\/capitals\.test\.js:/);
  t.regex(output, /take 1: What is the capital of Italy\?/);

  const updated = await project.run([...jest, '-u']);
  t.is(updated.exitCode, 0, updated.output);
  t.regex(updated.output, /take 1: What is the capital of Italy\?\nThey are removed at the end of the run\./);
  t.is(project.asked(), 2);
  const last = await project.run(jest, {RETAKE_UPSTREAM: ''});
  t.is(last.exitCode, 0, last.output);
  t.notRegex(last.output, /not requested/);
});

installed('modules work as CommonJS does, and parallel workers share one retake', async t => {
  const project = await exampleProject(t, 'jest');
  for (const name of ['a', 'b', 'c']) {
    await project.write(
      `src/${name}.test.mjs`,
      `import OpenAI from 'openai';
       import {useRetake} from 'retake/jest';
       const client = new OpenAI({baseURL: useRetake().urls.openai});
       test('${name}', async () => {
         const messages = [{role: 'user', content: '${name}'}];
         const {choices} = await client.chat.completions.create({model: 'gpt-4o', messages});
         expect(choices[0].message.content).toBe('You said: ${name}');
       });`,
    );
  }
  const words = ['--experimental-vm-modules', ...jest, '--maxWorkers', '2', '--testMatch', '**/*.test.mjs'];
  const recorded = await project.run([...words, '-u']);
  t.is(recorded.exitCode, 0, recorded.output);
  const {exitCode, output} = await project.run(words, {RETAKE_UPSTREAM: ''});
  t.is(exitCode, 0, output);
  t.regex(output, /3 passed/);
  t.is((await project.cassettes()).length, 3);
});

const concurrentTests = `const {capitalOf} = require('./capitals.js');
  for (const country of (process.env.COUNTRIES ?? 'France,Italy,Spain').split(','))
    test.concurrent(country, async () => void (await capitalOf(country).catch(() => undefined)));`;

installed('a miss of tests that run at the same time fails the file', async t => {
  const project = await exampleProject(t, 'jest');
  await project.write('src/capitals.test.js', concurrentTests);
  const recorded = await project.run([...jest, '-u']);
  t.is(recorded.exitCode, 0, recorded.output);
  t.is(project.asked(), 3);
  const replayed = await project.run(jest, {RETAKE_UPSTREAM: ''});
  t.is(replayed.exitCode, 0, replayed.output);
  const {exitCode, output} = await project.run(jest, {COUNTRIES: 'France,Peru,Spain'});
  t.is(exitCode, 1, output);
  t.regex(output, /1 request of the tests of src\/capitals\.test\.js has no recording/);
  t.regex(output, /Asked: "What is the capital of Peru\?"/);
  t.is(project.asked(), 3);
});

installed('a retried test asks from the first take again', async t => {
  const project = await exampleProject(t, 'jest');
  await project.write(
    'src/capitals.test.js',
    `const {capitalOf} = require('./capitals.js');
     jest.retryTimes(2);
     let attempts = 0;
     test('flaky', async () => {
       expect(await capitalOf('France')).toContain('France');
       expect(++attempts).toBe(2);
     });`,
  );
  const recorded = await project.run([...jest, '-u']);
  t.is(recorded.exitCode, 0, recorded.output);
  t.is(project.asked(), 1);
  const {exitCode, output} = await project.run(jest, {RETAKE_UPSTREAM: ''});
  t.is(exitCode, 0, output);
  t.regex(output, /1 passed/);
});

installed('a shard runs its files, and names no take of the others as unused', async t => {
  const project = await recordedProject(t);
  await project.write(
    'src/other.test.js',
    `const {capitalOf} = require('./capitals.js');
     test('the capital of Peru', async () => expect(await capitalOf('Peru')).toContain('Peru'));`,
  );
  t.is((await project.run([...jest, '-u'])).exitCode, 0);
  for (const shard of ['1/2', '2/2']) {
    const {exitCode, output} = await project.run([...jest, '--shard', shard], {RETAKE_UPSTREAM: ''});
    t.is(exitCode, 0, output);
    t.regex(output, /Test Suites: 1 passed, 1 total/);
    t.notRegex(output, /not requested/);
  }
});

installed('the faults of a test file are those of each of its tests', async t => {
  const project = await exampleProject(t, 'jest');
  await project.edit('jest.config.js', "  setupFilesAfterEnv: ['retake/jest/setup'],\n", '');
  await testsGetFaultsOfTheirFile(t, project, {
    beginning: `const {useRetake} = require('retake/jest');
     const {urls} = useRetake({faults: ['rate-limit,times=1']});`,
    record: [...jest, '-u'],
    replay: jest,
  });
});
