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

test.serial('`RETAKE_MODE=auto` records, and `ava` replays without a model', async t => {
  const project = await recordedProject(t);
  const {exitCode, output} = await project.run(ava, {RETAKE_UPSTREAM: ''});
  t.is(exitCode, 0, output);
  t.regex(output, /2 tests passed/);
  t.notRegex(output, /retake:/);
  t.is(project.asked(), 2);
});

test.serial(
  'a changed prompt fails its test with the explanation, whatever the application does',
  async t => {
    const project = await recordedProject(t);
    await project.edit('src/capitals.js', 'What is the capital', 'Which city is the capital');
    await project.edit(
      'src/capitals.test.js',
      't.regex(await capitalOf',
      't.notThrows(() => {}, await capitalOf',
    );
    await project.edit('src/capitals.test.js', '.openai), /France/', '.openai)');
    const {exitCode, output} = await project.run(ava);
    t.is(exitCode, 1);
    t.regex(output, /hook for the capital of France/);
    t.regex(output, /retake: 1 request of this test has no recording/);
    t.regex(output, /Asked: "Which city is the capital of France\?"/);
    t.regex(output, /Asked: "Which city is the capital of Italy\?"/, 'also if the test failed by itself');
    t.regex(output, /run: RETAKE_MODE=auto npx ava src\/capitals\.test\.js/);
    t.is(project.asked(), 2);
  },
);

test.serial('a removed test leaves its recording unused', async t => {
  const project = await recordedProject(t);
  await project.write(
    'src/capitals.test.js',
    `import test from 'ava';
     import {useRetake} from 'retake/ava';
     import {capitalOf} from './capitals.js';
     await useRetake();
     test('the capital of France', async t => t.regex(await capitalOf('France'), /France/));`,
  );
  const {exitCode, output} = await project.run(ava);
  t.is(exitCode, 0, output);
  t.regex(output, /1 recorded answer was not requested by any test of src\/capitals\.test\.js:/);
  t.regex(output, /take 1: What is the capital of Italy\?/);
});
