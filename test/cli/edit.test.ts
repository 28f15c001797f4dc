import {readdirSync} from 'node:fs';
import {chmod, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {Take} from '../../src/cassette/take.js';
import {interactionsIn} from '../support/cassette-files.js';
import {keyOf, takeOf, textOf} from '../support/recordings.js';
import {retake} from '../support/retake.js';
import {type StoredTakes, writeStoredCassette} from '../support/stored-cassette.js';
import {temporaryFolder} from '../support/temporary-folder.js';

/** A folder with a cassette, and an editor that applies a sed script to its file. */
async function project(t: ExecutionContext, held: StoredTakes) {
  const directory = await temporaryFolder(t);
  const temporary = await temporaryFolder(t);
  const path = await writeStoredCassette(join(directory, 'a.cassette'), held);
  const edit = (editor: string, ...words: readonly string[]) =>
    retake(t, ['edit', ...words, 'a.cassette'], {
      directory,
      environment: {EDITOR: editor, TMPDIR: temporary},
    });
  const takes = async () => (await interactionsIn(path))[0]?.takes ?? [];
  return {directory, temporary, path, edit, takes};
}

const withCall: Take = {
  ...takeOf(''),
  chunks: [
    {at: 1, chunk: {type: 'reply-start', answeredBy: {model: 'm'}}},
    {at: 2, chunk: {type: 'tool-call-start', candidate: 0, call: 0, name: 'weather'}},
    {at: 3, chunk: {type: 'tool-call-delta', candidate: 0, call: 0, text: '{"city":"Oslo"}'}},
    {at: 4, chunk: {type: 'reply-end', finish: [{unified: 'tool-calls', raw: 'tool_calls'}]}},
  ],
};

test('an answer is edited as text, is marked as edited, and replays', async t => {
  const {directory, temporary, edit, takes, path} = await project(t, {
    'France?': [takeOf(['Pa', 'ris.'], 7)],
  });
  const {exitCode, stdout} = await edit("sed -i 's/Paris/Lyon/'", keyOf('France?').slice(2, 12));
  t.is(exitCode, 0);
  t.is(stdout, 'a.cassette "France?": edited\n');
  const [take] = await takes();
  t.is(textOf(take), 'Lyon.');
  t.is(take?.provenance.recordedAt, 7);
  t.true((take?.provenance.editedAt ?? 0) > 7);
  t.deepEqual(readdirSync(temporary), []);
  t.is((await retake(t, ['verify', 'a.cassette'], {directory})).exitCode, 0);
  t.regex(
    (await retake(t, ['show', '1', 'a.cassette'], {directory})).stdout,
    /Lyon\.[\s\S]*edited by hand 20/,
  );
  t.regex((await retake(t, ['textconv', path], {directory})).stdout, /edited by hand 20/);
});

test('secrets in an edited answer are redacted as in a recorded one, and the output says so', async t => {
  const {directory, edit, takes} = await project(t, {
    'France?': [takeOf('Your key was <redacted:api-key:1>.', 7)],
  });
  const secret = `sk-proj-${'s'.repeat(24)}`;
  const {exitCode, stdout} = await edit(`sed -i 's/$/ The new key is ${secret}./'`, '1');
  t.is(exitCode, 0);
  t.is(stdout, 'a.cassette "France?": edited; retake replaced secrets in it by placeholders\n');
  t.is(textOf((await takes())[0]), 'Your key was <redacted:api-key:1>. The new key is <redacted:api-key:2>.');
  t.false((await readFile(join(directory, 'a.cassette'), 'latin1')).includes(secret));
  t.is((await retake(t, ['verify', 'a.cassette'], {directory})).exitCode, 0);
});

test('the edited calls of an answer follow the rules that the cassette remembers', async t => {
  const {directory, edit, takes} = await project(t, {'Weather?': [withCall]});
  await writeFile(
    join(directory, 'retake.config.json'),
    JSON.stringify({redact: [{name: 'order', pattern: 'order-\\d+'}]}),
  );
  await retake(t, ['redact', 'a.cassette'], {directory});
  await edit("sed -i 's/Oslo/order-4711/'", '1');
  const call = (await takes())[0]?.chunks.find(({chunk}) => chunk.type === 'tool-call-delta');
  t.like(call?.chunk, {text: '{"city":"<redacted:order:1>"}'});
});

test('one of several takes is edited in place', async t => {
  const {edit, takes} = await project(t, {'France?': [takeOf('Paris.', 1), takeOf('Paris!', 2)]});
  await edit("printf 'Two\\nlines\\n' >", '1', '--take', '2');
  t.deepEqual((await takes()).map(textOf), ['Paris.', 'Two\nlines']);
  const missing = await edit('true', '1', '--take', '3');
  t.is(missing.exitCode, 1);
  t.regex(missing.stderr, /no take 3: the interaction has 2/);
});

test('an answer with tool calls is edited as JSON', async t => {
  const {edit, takes} = await project(t, {'Weather?': [withCall]});
  await edit("sed -i 's/Oslo/Rome/'", '1');
  const [take] = await takes();
  t.deepEqual(
    take?.chunks.map(({chunk}) => chunk),
    [
      {type: 'reply-start', answeredBy: {model: 'm'}},
      {type: 'tool-call-start', candidate: 0, call: 0, name: 'weather'},
      {type: 'tool-call-delta', candidate: 0, call: 0, text: '{"city":"Rome"}'},
      {type: 'reply-end', finish: [{unified: 'tool-calls', raw: 'tool_calls'}]},
    ],
  );
});

const leaves = test.macro({
  async exec(t, editor: string, expected: {exitCode: number; told: RegExp}) {
    const {edit, path} = await project(t, {'Weather?': [withCall]});
    const before = await readFile(path);
    const {exitCode, stdout, stderr} = await edit(editor, '1');
    t.is(exitCode, expected.exitCode);
    t.regex(stdout + stderr, expected.told);
    t.deepEqual(await readFile(path), before);
  },
  title: title => `the cassette stays unchanged if ${title}`,
});

test('nothing was edited', leaves, 'true', {exitCode: 0, told: /: unchanged\n$/});
test('the editor fails', leaves, 'rm -f "$RETAKE_ANSWER"; exit 3;', {
  exitCode: 1,
  told: /ended with 3: nothing was changed/,
});
test('the edited text is not JSON', leaves, "sed -i 's/{/(/'", {
  exitCode: 1,
  told: /^retake: That is no answer: /,
});
test('the edited answer has unknown members', leaves, 'sed -i \'s/"finish"/"finnish"/\'', {
  exitCode: 1,
  told: /That is no answer: \/candidates\/0/,
});
test('the edited answer has an unknown finish reason', leaves, 'sed -i \'s/"tool-calls"/"whim"/\'', {
  exitCode: 1,
  told: /That is no answer: reply-end/,
});

test('a missing editor is an error, and an edit does not overwrite a take recorded meanwhile', async t => {
  const {directory, edit, path, takes} = await project(t, {'France?': [takeOf('Paris.', 1)]});
  const none = await edit('', '1');
  t.is(none.exitCode, 2);
  t.regex(none.stderr, /Expected \$VISUAL or \$EDITOR/);
  const other = await writeStoredCassette(join(directory, 'other'), {
    'France?': [takeOf('Paris, again.', 2)],
  });
  const editor = join(directory, 'editor.sh');
  await writeFile(editor, `#!/bin/sh\ncp '${other}' '${path}'\necho edited >"$1"\n`);
  await chmod(editor, 0o755);
  const overtaken = await edit(editor, '1');
  t.is(overtaken.exitCode, 1);
  t.regex(overtaken.stderr, /recorded anew while it was edited/);
  t.deepEqual((await takes()).map(textOf), ['Paris, again.']);
});
