import {readFileSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {writeCassette} from '../support/cassette-files.js';
import {recordingOf} from '../support/recordings.js';
import {retake, retakeProgram} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

test('`--version` prints the version of the package', async t => {
  const {version} = JSON.parse(readFileSync('package.json', 'utf8')) as {version: string};
  const {exitCode, stdout} = await retake(t, ['--version']);
  t.is(exitCode, 0);
  t.is(stdout, `${version}\n`);
});

const usageError = test.macro({
  title: (_, words: readonly string[]) => `\`retake ${words.join(' ')}\` is a usage error`,
  async exec(t, words: readonly string[], stderr: RegExp) {
    const result = await retake(t, words);
    t.is(result.exitCode, 2);
    t.is(result.stdout, '');
    t.regex(result.stderr, stderr);
    t.notRegex(result.stderr, /\n\s+at /);
  },
});
test(usageError, ['serv'], /^retake: unknown command 'serv'\n\(Did you mean serve\?\)\n$/);
test(usageError, ['serve', '--prot', '1'], /^retake: unknown option '--prot'\n\(Did you mean --port\?\)\n$/);
test(usageError, ['serve', '--port'], /^retake: option '--port <number>' argument missing\n$/);
test(
  usageError,
  ['serve', '--port', 'x'],
  /^retake: Expected `port` \(--port\) to be a whole number from 0 to 65535, got `x` \(string\)\n$/,
);
test(usageError, ['serve', '--mode', 'reply'], /^retake: Expected `mode` \(--mode\) to be `replay`, /);
test(usageError, ['serve', 'extra'], /^retake: too many arguments/);
test(usageError, ['run'], /^retake: missing required argument 'command'\n$/);
test(usageError, ['show'], /^retake: missing required argument 'interaction'\n$/);

test('an unknown setting of the file is an error that names the file and the nearest setting', async t => {
  const directory = await temporaryFolder(t);
  await writeFile(join(directory, 'retake.config.json'), '{"casette": "x.cassette"}');
  const {exitCode, stderr} = await retake(t, ['ls'], {directory});
  t.is(exitCode, 2);
  t.regex(
    stderr,
    /^retake: Unknown setting `casette` in .*retake\.config\.json; did you mean `cassette`\?\n$/,
  );
});

test('an unknown variable is a warning that names the nearest variable', async t => {
  const words = ['run', '--mode', 'auto', '--no-wait', '--', process.execPath, '-e', 'console.log("ran")'];
  const {exitCode, stdout, stderr} = await retake(t, words, {environment: {RETAKE_CASETTE: 'x.cassette'}});
  t.is(exitCode, 0);
  t.is(stdout, 'ran\n');
  t.regex(
    stderr,
    /^retake: Unknown variable `RETAKE_CASETTE` is ignored; did you mean `RETAKE_CASSETTE`\?\n/,
  );
});

test('`--config` names another file, and its paths are relative to its folder', async t => {
  const directory = await temporaryFolder(t);
  const other = await temporaryFolder(t);
  await writeCassette(join(other, 'a.cassette'), [recordingOf('Where am I?', 'There.')]);
  await writeFile(join(other, 'other.json'), '{"cassette": "a.cassette"}');
  const {exitCode, stdout} = await retake(t, ['ls', '--config', join(other, 'other.json')], {directory});
  t.is(exitCode, 0);
  t.regex(stdout, /Where am I\?/);
});

test('a stack trace is printed only on request', async t => {
  const words = ['ls', 'nowhere.cassette'];
  const plain = await retake(t, words);
  t.is(plain.exitCode, 1);
  t.notRegex(plain.stderr, /\n\s+at /);
  const debugged = await retake(t, words, {environment: {RETAKE_DEBUG: '1'}});
  t.is(debugged.exitCode, 1);
  t.regex(debugged.stderr, /\n\s+at /);
});

test('a reader that closes the pipe early is not a failure', async t => {
  const directory = await temporaryFolder(t);
  const recordings = Array.from({length: 300}, (_, index) =>
    recordingOf(`${'long '.repeat(300)}${index}`, 'x'),
  );
  const path = await writeCassette(join(directory, 'a.cassette'), recordings);
  const {stdout, stderr} = await execa({shell: '/bin/bash', reject: false})`
    set -o pipefail; ${process.execPath} ${retakeProgram} ls --json ${path} | head -n 1; echo "exit code \${PIPESTATUS[0]}"`;
  t.is(stderr, '');
  t.regex(stdout, /exit code 0$/);
});
