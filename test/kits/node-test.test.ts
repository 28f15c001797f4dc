import test, {type ExecutionContext} from 'ava';
import {type ExampleProject, exampleProject} from './example-project.js';

const runner = ['--test', '--import', 'retake/node-test/setup'];
const recorder = [...runner, '--test-update-snapshots'];

async function recordedProject(t: ExecutionContext): Promise<ExampleProject> {
  const project = await exampleProject(t, 'node-test');
  const {exitCode, output} = await project.run(recorder);
  t.is(exitCode, 0, output);
  t.is(project.asked(), 2);
  t.deepEqual(await project.cassettes(), ['src_capitals.test.js.cassette']);
  return project;
}

test.serial('a removed test leaves its recording unused, which is named after a whole run only', async t => {
  const project = await recordedProject(t);
  const filtered = await project.run([...runner, '--test-name-pattern', 'France']);
  t.notRegex(filtered.output, /not requested/);
  await project.write(
    'src/capitals.test.js',
    `import assert from 'node:assert/strict';
     import {test} from 'node:test';
     import {capitalOf} from './capitals.js';
     test('the capital of France', async () => assert.match(await capitalOf('France'), /France/));`,
  );
  const {exitCode, output} = await project.run(runner);
  t.is(exitCode, 0, output);
  t.regex(output, /1 recorded answer was not requested by any test of src\/capitals\.test\.js:/);
  t.regex(output, /take 1: What is the capital of Italy\?/);
});

test.serial('the command that a miss prints records it', async t => {
  const project = await recordedProject(t);
  await project.write(
    'src/capitals.test.js',
    `import assert from 'node:assert/strict';
     import {test} from 'node:test';
     import {capitalOf} from './capitals.js';
     test('the capital of Spain', async () => assert.ok(await capitalOf('Spain')));`,
  );
  for (const given of [runner, ['--test', '--import=retake/node-test/setup']]) {
    const {exitCode, output} = await project.run(given);
    t.is(exitCode, 1, output);
    const [, command = ''] = /run: node (--test .* src\/capitals\.test\.js)/.exec(output) ?? [];
    t.deepEqual(command.split(' '), [...recorder, 'src/capitals.test.js']);
  }
  const recorded = await project.run([...recorder, 'src/capitals.test.js']);
  t.is(recorded.exitCode, 0, recorded.output);
  t.is(project.asked(), 3);
});

test.serial('the faults of a test file are those of each of its tests, and fail none', async t => {
  const project = await recordedProject(t);
  await project.write(
    'src/capitals.test.js',
    `import assert from 'node:assert/strict';
     import {test} from 'node:test';
     import {useRetake} from 'retake/node-test';
     await useRetake({faults: [{fault: 'rate-limit', times: 1}]});
     const statusOf = async country => {
       const {status} = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
         method: 'POST',
         headers: {'content-type': 'application/json'},
         body: JSON.stringify({model: 'gpt-4o', messages: [{role: 'user', content: 'What is the capital of ' + country + '?'}]}),
       });
       return status;
     };
     for (const country of ['France', 'Italy'])
       test(country, async () => assert.equal(await statusOf(country), 429));`,
  );
  const {exitCode, output} = await project.run(['--test']);
  t.is(exitCode, 0, output);
  t.regex(output, /pass 2/);
  const again = await project.run(runner);
  t.is(again.exitCode, 1);
  t.regex(again.output, /useRetake was called before in this test file/);
});

test.serial('suites, subtests and parallel tests each fail for their own requests', async t => {
  const project = await recordedProject(t);
  await project.write(
    'src/capitals.test.js',
    `import {describe, it, test} from 'node:test';
     import {useRetake} from 'retake/node-test';
     import {capitalOf} from './capitals.js';
     await useRetake();
     describe('a suite', () => {
       it('knows', async () => void (await capitalOf('France')));
       it('misses', async () => void (await capitalOf('Spain')));
     });
     test('outer', async t => {
       await capitalOf('Italy');
       await t.test('inner misses', async () => void (await capitalOf('Peru')));
       await t.test('inner knows', async () => void (await capitalOf('France')));
     });`,
  );
  const {exitCode, output} = await project.run(runner);
  t.is(exitCode, 1);
  for (const name of ['misses', 'inner misses']) t.regex(output, new RegExp(`✖ ${name} `));
  for (const name of ['knows', 'inner knows']) t.regex(output, new RegExp(`✔ ${name} `));
  t.regex(output, /capital of Spain/);
  t.regex(output, /capital of Peru/);
});

test.serial(
  'tests that run at the same time have base URLs of their own, and a shared client fails the file',
  async t => {
    const project = await exampleProject(t, 'node-test');
    await project.write(
      'src/capitals.test.js',
      `import {describe, it} from 'node:test';
       import {useRetake} from 'retake/node-test';
       const retake = await useRetake();
       const ask = (base, content) => fetch(base + '/chat/completions', {
         method: 'POST',
         headers: {'content-type': 'application/json'},
         body: JSON.stringify({model: 'gpt-4o', messages: [{role: 'user', content}]}),
       });
       describe('capitals', {concurrency: true}, () => {
         for (const country of ['France', 'Italy', 'Spain'])
           it(country, async t => {
             await ask(retake.urlsOf(t).openai, country === 'Italy' ? process.env.ITALY : country);
             if (process.env.SHARED) await ask(retake.urls.openai, 'shared by ' + country);
             await new Promise(done => setTimeout(done, 300));
           });
       });`,
    );
    const recorded = await project.run(['--test', '--test-update-snapshots'], {ITALY: 'Italy'});
    t.is(recorded.exitCode, 0, recorded.output);
    t.is(project.asked(), 3);
    const changed = await project.run(['--test'], {ITALY: 'Italia'});
    t.is(changed.exitCode, 1, changed.output);
    t.regex(changed.output, /✖ Italy/);
    for (const name of ['France', 'Spain']) t.regex(changed.output, new RegExp(`✔ ${name} `));
    const shared = await project.run(['--test'], {ITALY: 'Italy', SHARED: '1'});
    t.is(shared.exitCode, 1, shared.output);
    t.regex(shared.output, /requests? of the tests of src\/capitals\.test\.js ha(?:s|ve) no recording/);
  },
);

test.serial('a shard runs its files, and names no take of the others as unused', async t => {
  const project = await recordedProject(t);
  await project.write(
    'src/other.test.js',
    `import assert from 'node:assert/strict';
     import {test} from 'node:test';
     import {capitalOf} from './capitals.js';
     test('the capital of Peru', async () => assert.match(await capitalOf('Peru'), /Peru/));`,
  );
  t.is((await project.run(recorder)).exitCode, 0);
  const passed = [];
  for (const shard of ['1/2', '2/2']) {
    const {exitCode, output} = await project.run([...runner, `--test-shard=${shard}`], {RETAKE_UPSTREAM: ''});
    t.is(exitCode, 0, output);
    passed.push(/pass (\d)/.exec(output)?.[1]);
    t.notRegex(output, /not requested/);
  }
  t.deepEqual(passed.sort(), ['1', '2']);
});
