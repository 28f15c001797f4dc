import {join} from 'node:path';
import test from 'ava';
import {writeCassette} from '../support/cassette-files.js';
import {recordingOf} from '../support/recordings.js';
import {retake, serve} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

/** Reports each object of `Intl` that is made: the first one loads Node's language data, which takes 10 ms and more. */
const reportIntl = `
for (const [name, made] of Object.entries(Object.getOwnPropertyDescriptors(Intl))) {
  if (typeof made.value !== 'function' || !/^[A-Z]/.test(name)) continue;
  Intl[name] = new Proxy(made.value, {
    construct(...given) {
      process.stderr.write('made Intl.' + name + '\\n');
      return Reflect.construct(...given);
    },
  });
}`;

const environment = {NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(reportIntl)}"`};

const commands: readonly (readonly string[])[] = [
  ['--version'],
  ['--help'],
  ['ls', 'a.cassette'],
  ['show', '1', 'a.cassette'],
  ['verify', 'a.cassette'],
  ['run', '--mode', 'replay', '--cassette', 'a.cassette', '--', process.execPath, '-e', '0'],
];

for (const command of commands) {
  test(`\`retake ${command.slice(0, 2).join(' ')}\` loads no language data`, async t => {
    const directory = await temporaryFolder(t);
    await writeCassette(join(directory, 'a.cassette'), [
      recordingOf('What is the capital of Norway?', 'Oslo'),
    ]);
    const {stderr} = await retake(t, command, {directory, environment});
    t.notRegex(stderr, /made Intl/);
  });
}

test('`retake serve` loads no language data until it listens', async t => {
  const directory = await temporaryFolder(t);
  await writeCassette(join(directory, 'a.cassette'), [recordingOf('What is the capital of Norway?', 'Oslo')]);
  const {errors} = await serve(t, ['--mode', 'replay', '--cassette', 'a.cassette'], {directory, environment});
  t.notRegex(errors(), /made Intl/);
});

test('the check sees the language data that other text needs', async t => {
  const directory = await temporaryFolder(t);
  await writeCassette(join(directory, 'a.cassette'), [recordingOf('ノルウェーの首都は？', 'オスロ')]);
  const {stderr} = await retake(t, ['ls', 'a.cassette'], {directory, environment});
  t.regex(stderr, /made Intl\.Segmenter/);
});
