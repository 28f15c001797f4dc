import {existsSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {explainsChangedPrompt} from '../support/changed-prompt.js';
import {exampleProject, jestFolder} from './example-project.js';
import {noModel, realModelServer} from './real-model.js';

/** How the example of a JavaScript kit is run and changed. */
type Example = {
  readonly name: string;
  readonly record: Command;
  readonly replay: Command;
  /** What the framework prints for two tests that passed. */
  readonly passed: RegExp;
  /** The check of the answer about Italy, and one that holds if the application swallowed an error. */
  readonly swallowing: readonly [from: string, to: string];
  /** How the framework names the failed test that ignores the answer. */
  readonly failed: RegExp;
  /** How its output says to record. */
  readonly advice: RegExp;
  /** The line that begins the test about Italy, and one that begins no test. */
  readonly removal: readonly [from: string, to: string];
};

type Command = {readonly words: readonly string[]; readonly environment?: Readonly<Record<string, string>>};

const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--testTimeout', '60000', '--hookTimeout', '60000'];
const jest = ['node_modules/jest/bin/jest.js', '--testTimeout', '60000'];
const ava = ['node_modules/ava/entrypoints/cli.mjs', '--timeout', '100s'];
const nodeTest = ['--test', '--import', 'retake/node-test/setup'];

const examples: readonly Example[] = [
  {
    name: 'vitest',
    record: {words: [...vitest, '-u']},
    replay: {words: vitest},
    passed: /2 passed/,
    swallowing: ["await capitalOf('Italy')).toContain('Italy')", "await capitalOf('Italy')).toBe(undefined)"],
    failed: /FAIL {2}src\/capitals\.test\.js > the capital of Italy\s+CassetteMiss: retake: 1 request/,
    advice: /To record the missing answers, run: npx vitest run src\/capitals\.test\.js -u/,
    removal: ["test('the capital of Italy', ", "void ('the capital of Italy', "],
  },
  {
    name: 'jest',
    record: {words: [...jest, '-u']},
    replay: {words: jest},
    passed: /2 passed/,
    swallowing: ["await capitalOf('Italy')).toContain('Italy')", "await capitalOf('Italy')).toBe(undefined)"],
    failed: /● the capital of Italy\n\n\s+CassetteMiss: retake: 1 request of this test has no recording/,
    advice: /To record the missing answers, run: npx jest -u src\/capitals\.test\.js/,
    removal: ["test('the capital of Italy', ", "void ('the capital of Italy', "],
  },
  {
    name: 'ava',
    record: {words: ava, environment: {RETAKE_MODE: 'auto'}},
    replay: {words: ava},
    passed: /2 tests passed/,
    swallowing: [
      "t.regex(await capitalOf('Italy', retake.urlsOf(t).openai), /Italy/)",
      "t.is(await capitalOf('Italy', retake.urlsOf(t).openai), undefined)",
    ],
    failed: /hook for the capital of Italy[\s\S]*retake: 1 request of this test has no recording/,
    advice: /To record the missing answers, run: RETAKE_MODE=auto npx ava src\/capitals\.test\.js/,
    removal: ["test('the capital of Italy', ", "void ('the capital of Italy', "],
  },
  {
    name: 'node-test',
    record: {words: [...nodeTest, '--test-update-snapshots']},
    replay: {words: nodeTest},
    passed: /pass 2/,
    swallowing: [
      "assert.match(await capitalOf('Italy'), /Italy/)",
      "assert.equal(await capitalOf('Italy'), undefined)",
    ],
    failed: /✖ the capital of Italy[\s\S]*retake: 1 request of this test has no recording/,
    advice:
      /run: node --test --import retake\/node-test\/setup --test-update-snapshots src\/capitals\.test\.js/,
    removal: ["test('the capital of Italy', ", "void ('the capital of Italy', "],
  },
];

let server: ReturnType<typeof realModelServer> | undefined;

async function recordsAndReplays(t: ExecutionContext, example: Example): Promise<void> {
  t.timeout(600_000, 'the model is loaded first');
  server ??= realModelServer();
  const project = await exampleProject(t, example.name);
  const run = ({words, environment}: Command, settings: Readonly<Record<string, string>>) =>
    project.run(words, {...environment, ...settings});

  const recorded = await run(example.record, {RETAKE_UPSTREAM: (await server).address});
  t.is(recorded.exitCode, 0, recorded.output);
  t.deepEqual(await project.cassettes(), ['src_capitals.test.js.cassette']);
  const replayed = await run(example.replay, noModel);
  t.is(replayed.exitCode, 0, replayed.output);
  t.regex(replayed.output, example.passed);
  t.notRegex(replayed.output, /retake:|did not exit|open handle/);

  await project.edit('src/capitals.js', 'What is the capital', 'Which city is the capital');
  await project.edit('src/capitals.test.js', ...example.swallowing);
  const changed = await run(example.replay, noModel);
  t.is(changed.exitCode, 1);
  t.regex(changed.output, example.failed, 'although the application swallowed the error');
  explainsChangedPrompt(t, changed.output);
  t.regex(changed.output, example.advice);

  await project.edit('src/capitals.js', 'Which city is the capital', 'What is the capital');
  await project.edit('src/capitals.test.js', ...example.removal);
  const removed = await run(example.replay, noModel);
  t.is(removed.exitCode, 0, removed.output);
  t.regex(removed.output, /1 recorded answer was not requested by any test of src\/capitals\.test\.js:/);
  t.regex(removed.output, /take 1: What is the capital of Italy\?/);
  t.is(project.asked(), 0);
}

for (const example of examples) {
  const run = example.name === 'jest' && !existsSync(jestFolder) ? test.skip : test.serial;
  run(`examples/kits/${example.name} is recorded with a real model, and replayed without it`, async t => {
    await recordsAndReplays(t, example);
  });
}

test.after.always(async () => {
  await (await server)?.close();
});
