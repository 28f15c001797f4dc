import test, {type ExecutionContext} from 'ava';
import {type ExampleProject, exampleProject} from './example-project.js';

const ava = ['node_modules/ava/entrypoints/cli.mjs', '--timeout', '100s'];
const records = {RETAKE_MODE: 'auto'};

async function recordedProject(t: ExecutionContext): Promise<ExampleProject> {
  const project = await exampleProject(t, 'ava');
  const {exitCode, output} = await project.run(ava, records);
  t.is(exitCode, 0, output);
  t.is(project.asked(), 2);
  t.deepEqual(await project.cassettes(), ['src_capitals.test.js.cassette']);
  return project;
}

const statusOf = `const statusOf = async (base, country) => {
       const {status} = await fetch(base + '/chat/completions', {
         method: 'POST',
         headers: {'content-type': 'application/json'},
         body: JSON.stringify({model: 'gpt-4o', messages: [{role: 'user', content: country}]}),
       });
       return status;
     };`;

test.serial(
  'tests run at the same time with base URLs of their own, and a shared one fails the file',
  async t => {
    const project = await exampleProject(t, 'ava');
    await project.write(
      'src/capitals.test.js',
      `import test from 'ava';
     import {useRetake} from 'retake/ava';
     const retake = await useRetake();
     ${statusOf}
     for (const country of ['France', 'Italy', 'Spain'])
       test(country, async t => {
         await statusOf(retake.urlsOf(t).openai, country === 'Italy' ? process.env.ITALY : country);
         if (process.env.SHARED) await statusOf(retake.urls.openai, 'shared by ' + country);
         t.pass();
       });`,
    );
    const recorded = await project.run(ava, {...records, ITALY: 'Italy'});
    t.is(recorded.exitCode, 0, recorded.output);
    t.is(project.asked(), 3);
    const changed = await project.run(ava, {ITALY: 'Italia'});
    t.is(changed.exitCode, 1, changed.output);
    t.regex(changed.output, /hook for Italy/);
    t.notRegex(changed.output, /✘.*hook for (?:France|Spain)/);
    const shared = await project.run(ava, {ITALY: 'Italy', SHARED: '1'});
    t.is(shared.exitCode, 1, shared.output);
    t.regex(shared.output, /requests of the tests of src\/capitals\.test\.js have no recording/);
  },
);

test.serial('a second attempt of a test replays, and `--match` leaves tests out', async t => {
  const project = await recordedProject(t);
  await project.write(
    'src/capitals.test.js',
    `import test from 'ava';
     import {useRetake} from 'retake/ava';
     import {capitalOf} from './capitals.js';
     const retake = await useRetake();
     let attempts = 0;
     test('flaky', async t => {
       const attempt = async inner => {
         inner.regex(await capitalOf('France', retake.urlsOf(t).openai), /France/);
         inner.is(++attempts, 2);
       };
       const first = await t.try(attempt);
       if (first.passed) first.commit();
       else {
         first.discard();
         (await t.try(attempt)).commit();
       }
     });
     test('another', async t => t.regex(await capitalOf('Peru', retake.urlsOf(t).openai), /Peru/));`,
  );
  const {exitCode, output} = await project.run([...ava, '--match', 'flaky'], {RETAKE_UPSTREAM: ''});
  t.is(exitCode, 0, output);
  t.regex(output, /1 test passed/);
  t.regex(output, /1 recorded answer was not requested.*\n.*Italy/, 'the kit cannot see the filter');
  t.is((await project.run([...ava, '--match', 'another'])).exitCode, 1);
});

test.serial('the faults of a test file are those of each of its tests', async t => {
  const project = await exampleProject(t, 'ava');
  await project.write(
    'src/capitals.test.js',
    `import test from 'ava';
     import {useRetake} from 'retake/ava';
     const retake = await useRetake({faults: ['rate-limit,times=1']});
     ${statusOf}
     for (const country of ['France', 'Italy'])
       test(country, async t => {
         t.is(await statusOf(retake.urlsOf(t).openai, country), 429);
         t.is(await statusOf(retake.urlsOf(t).openai, country), 200);
       });`,
  );
  const recorded = await project.run(ava, records);
  t.is(recorded.exitCode, 0, recorded.output);
  const {exitCode, output} = await project.run(ava, {RETAKE_UPSTREAM: ''});
  t.is(exitCode, 0, output);
});
