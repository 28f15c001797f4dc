import {existsSync} from 'node:fs';
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {writeCassette} from '../support/cassette-files.js';
import {recordingOf} from '../support/recordings.js';
import {retake} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const homes = ['/dev/null/home', ...(existsSync('/proc/self') ? ['/proc/1/home'] : [])];

const ask = `
  const {status} = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
    method: 'POST',
    body: JSON.stringify({model: 'gpt-4o', messages: [{role: 'user', content: process.argv[1]}]}),
  });
  console.log(status);
`;

for (const HOME of homes) {
  test(`with the home ${HOME}, which cannot be written, what needs it says so in a sentence`, async t => {
    const {exitCode, stderr} = await retake(t, ['setup', '--model', 'gemma3-270m'], {environment: {HOME}});
    t.is(exitCode, 1);
    t.regex(
      stderr,
      /^retake: The cache folder \S+ cannot be used \(E[A-Z]+\)\n {2}Make it a writable folder, or set --cache-dir/,
    );
  });

  test(`with the home ${HOME}, which cannot be written, recordings are replayed and misses explained`, async t => {
    const directory = await temporaryFolder(t);
    await mkdir(join(directory, 'cassettes'));
    await writeCassette(join(directory, 'cassettes', 'default.cassette'), [recordingOf('Hi', 'Hello')]);
    const run = (text: string) =>
      retake(t, ['run', '--mode', 'replay', '--', process.execPath, '-e', ask, text], {
        directory,
        environment: {HOME},
      });
    t.like(await run('Hi'), {exitCode: 0, stdout: '200\n'});
    const missed = await run('Bye');
    t.like(missed, {exitCode: 3, stdout: '400\n'});
    t.regex(missed.stderr, /No take of this request/);
    t.notRegex(missed.stderr, / at .*\.js:\d+/, 'no trace');
  });
}
