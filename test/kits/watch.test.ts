import {existsSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {liveProxy} from '../proxy/live-proxy.js';
import {eventually, isAlive} from '../support/eventually.js';
import {temporaryFolder} from '../support/temporary-folder.js';
import {exampleProject, jestFolder} from './example-project.js';
import {type WatchedCommand, watchedRun} from './watched-run.js';

/** With longer timeouts than usual, because other tests run at the same time. */
const vitest: WatchedCommand = {
  words: ['node_modules/vitest/vitest.mjs', '--watch', '--testTimeout', '60000', '--hookTimeout', '60000'],
  waiting: /press q to quit/,
};
const jest: WatchedCommand = {
  words: ['node_modules/jest/bin/jest.js', '--watchAll', '--testTimeout', '60000'],
  waiting: /Press w to show more|Press q to quit watch mode/,
};
const withJest = existsSync(jestFolder) ? test.serial : test.skip;

const france = 'What is the capital of France?';
const missOf = (question: string) =>
  new RegExp(`CassetteMiss: retake: 1 request of this test has no recording[\\s\\S]*Asked: "${question}"`);

/** A retake that runs before the framework does: its cassettes are in a folder of its own. */
async function runningRetake(t: ExecutionContext) {
  const {url} = await liveProxy(t, {mode: 'auto', cassette: await temporaryFolder(t)});
  const sessions = async () =>
    /^retake_sessions (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1];
  return {environment: {RETAKE_URL: url}, sessions};
}

test.serial('Vitest in watch mode: each change is a run, and `u` records', async t => {
  const project = await exampleProject(t, 'vitest');
  const watched = await watchedRun(t, project, vitest);
  const {outputAfter, press} = watched;
  t.regex(await outputAfter(() => undefined), /No cassette 'src_capitals\.test\.js'/);
  t.is(project.asked(), 0);

  t.regex(await outputAfter(() => press('u')), /2 passed/);
  t.is(project.asked(), 2);
  t.deepEqual(await watched.retakeProcesses(), []);

  const added = `test('the capital of Peru', async () => {
    expect(await capitalOf('Peru')).toContain('Peru');
  });`;
  const more = await outputAfter(() => project.append('src/capitals.test.js', added));
  t.regex(more, missOf('What is the capital of Peru\\?'), 'only what was recorded is replayed');
  t.regex(more, /1 failed \| 2 passed/);
  t.notRegex(more, /not requested/);
  t.is(project.asked(), 2);
  t.regex(await outputAfter(() => press('u')), /3 passed/);
  t.is(project.asked(), 3);

  const changed = await outputAfter(() =>
    project.edit('src/capitals.js', 'What is the', 'Which city is the'),
  );
  t.regex(changed, missOf('Which city is the capital of France\\?'));
  t.regex(changed, new RegExp(`Nearest recording [0-9a-f]{12}: "${france.replace('?', '\\?')}"`));
  t.notRegex(changed, /not requested/);

  const updated = await outputAfter(() => press('u'));
  t.regex(updated, /3 recorded answers were not requested by any test of src\/capitals\.test\.js:/);
  t.regex(updated, /They were removed/);
  t.is(project.asked(), 6);

  // A run of one file says nothing about the recordings of the other.
  const other = `import {test} from 'vitest';
    import {capitalOf} from './capitals.js';
    test('Chile', () => capitalOf('Chile'));`;
  t.regex(await outputAfter(() => project.write('src/other.test.js', other)), /1 failed \(1\)/);
  t.regex(await outputAfter(() => press('u')), /1 passed \(1\)/);
  const partial = await outputAfter(() => project.edit('src/other.test.js', "'Chile',", "'Chile again',"));
  t.regex(partial, /Test Files {2}1 passed \(1\)/);
  t.notRegex(partial, /not requested/);
  t.deepEqual(await watched.retakeProcesses(), []);

  const left = await watched.quit();
  await eventually(`no process is left of ${left}`, () => !left.some(isAlive));
});

withJest('Jest in watch mode: each change is a run, and `-u` records', async t => {
  const project = await exampleProject(t, 'jest');
  const recording = await watchedRun(t, project, {...jest, words: [...jest.words, '-u']});
  t.regex(await recording.outputAfter(() => undefined), /2 passed/);
  t.is(project.asked(), 2);
  t.deepEqual(await recording.retakeProcesses(), []);
  const updated = await recording.outputAfter(() =>
    project.edit('src/capitals.js', 'What is the', 'What, please, is the'),
  );
  t.regex(updated, /2 recorded answers were not requested[\s\S]*They are removed at the end of the run/);
  t.is(project.asked(), 4);
  const recorded = await recording.quit();
  await eventually(`no process is left of ${recorded}`, () => !recorded.some(isAlive));

  const watched = await watchedRun(t, project, jest);
  const {outputAfter, press} = watched;
  const replayed = await outputAfter(() => undefined);
  t.regex(replayed, /2 passed/);
  t.notRegex(replayed, /not requested/, 'the update removed them');
  const changed = await outputAfter(() =>
    project.edit('src/capitals.js', 'What, please, is', 'Which city is'),
  );
  t.regex(changed, missOf('Which city is the capital of France\\?'));
  t.notRegex(changed, /not requested/);
  t.is(project.asked(), 4);
  await outputAfter(() => project.edit('src/capitals.js', 'Which city is', 'What, please, is'));
  const removed = await outputAfter(() =>
    project.edit('src/capitals.test.js', "test('the capital of Italy'", "test.skip('the capital of Italy'"),
  );
  t.regex(removed, /1 skipped, 1 passed/);
  t.notRegex(removed, /not requested/);
  // Of the failed tests alone: the others are not asked for.
  await outputAfter(() => project.edit('src/capitals.test.js', "toContain('France')", "toBe('Paris')"));
  t.notRegex(await outputAfter(() => press('f')), /not requested/);
  t.deepEqual(await watched.retakeProcesses(), []);
  const left = await watched.quit();
  await eventually(`no process is left of ${left}`, () => !left.some(isAlive));
});

for (const [name, command] of Object.entries({vitest, jest})) {
  const run = name === 'jest' ? withJest : test.serial;
  run(`${name} in watch mode leaves no session in a retake that runs before`, async t => {
    const project = await exampleProject(t, name);
    const {environment, sessions} = await runningRetake(t);
    const watched = await watchedRun(t, project, {...command, environment});
    t.regex(await watched.outputAfter(() => undefined), /2 passed/);
    t.is(await sessions(), '0');
    const again = await watched.outputAfter(() =>
      project.edit('src/capitals.js', 'What is the', 'Which city is the'),
    );
    t.regex(again, /2 passed/);
    t.is(await sessions(), '0');
    await watched.quit();
  });
}
