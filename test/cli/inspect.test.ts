import {existsSync, readdirSync} from 'node:fs';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {stripVTControlCharacters} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import stringWidth from 'string-width';
import {writeCassette} from '../support/cassette-files.js';
import {keyOf, recordingOf, takeOf} from '../support/recordings.js';
import {retake, startRetake} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const france = 'What is the capital of France?';
const japan = 'What is the capital of Japan?';
const noon = Date.UTC(2026, 0, 2, 12);

/** A folder whose `a.cassette` has two requests, the second one with two takes. */
async function folderWithCassette(t: ExecutionContext): Promise<string> {
  const directory = await temporaryFolder(t);
  await writeCassette(join(directory, 'a.cassette'), [
    recordingOf(japan, takeOf('Tokyo.', noon + 1000)),
    recordingOf(france, takeOf('Paris.', noon)),
    recordingOf(japan, takeOf(['Tokyo', ', I think.'], noon + 2000)),
  ]);
  return directory;
}

function shortKeyOf(question: string): string {
  return keyOf(question).slice(2, 14);
}

test('`ls` lists interactions in recording order, one line each', async t => {
  const directory = await folderWithCassette(t);
  const {exitCode, stdout} = await retake(t, ['ls', 'a.cassette'], {directory});
  t.is(exitCode, 0);
  t.deepEqual(stdout.split('\n'), [
    'a.cassette: 2 interactions, 3 takes',
    '  #  key           question                        model            takes  tokens',
    `  1  ${shortKeyOf(france)}  What is the capital of France?  gemma-3-270m-it      1     5+3`,
    `  2  ${shortKeyOf(japan)}  What is the capital of Japan?   gemma-3-270m-it      2     5+3`,
    '',
  ]);
});

test('`ls` without arguments lists every cassette in the configured folder', async t => {
  const directory = await temporaryFolder(t);
  await mkdir(join(directory, 'cassettes'));
  await writeCassette(join(directory, 'cassettes', 'b.cassette'), [recordingOf(france, 'Paris.')]);
  await writeCassette(join(directory, 'cassettes', 'a.cassette'), [recordingOf(japan, 'Tokyo.')]);
  const {stdout} = await retake(t, ['ls'], {directory});
  t.deepEqual(stdout.match(/^\S+\.cassette/gm), [
    join('cassettes', 'a.cassette'),
    join('cassettes', 'b.cassette'),
  ]);
});

test('`ls --json` prints versioned data', async t => {
  const directory = await folderWithCassette(t);
  const {stdout} = await retake(t, ['ls', 'a.cassette', '--json'], {directory});
  t.deepEqual(JSON.parse(stdout), {
    version: 1,
    cassettes: [
      {
        name: 'a',
        path: 'a.cassette',
        interactions: [
          {
            number: 1,
            key: keyOf(france),
            question: france,
            model: 'gemma-3-270m-it',
            recordedAt: noon,
            takes: 1,
            usage: {inputTokens: 5, outputTokens: 3},
          },
          {
            number: 2,
            key: keyOf(japan),
            question: japan,
            model: 'gemma-3-270m-it',
            recordedAt: noon + 2000,
            takes: 2,
            usage: {inputTokens: 5, outputTokens: 3},
          },
        ],
      },
    ],
  });
});

test('on a terminal, long requests are cut to its width, measured in cells', async t => {
  const directory = await temporaryFolder(t);
  await writeCassette(join(directory, 'a.cassette'), [
    recordingOf('日本の首都はどこですか。'.repeat(10), 'Tokyo.'),
    recordingOf(`${'a very long question '.repeat(20)}`, 'Hm.'),
  ]);
  const {child, output} = await startRetake(t, ['ls', 'a.cassette'], {
    directory,
    environment: {TERM: 'xterm-256color'},
    terminal: 90,
  });
  await child;
  const lines = stripVTControlCharacters(output()).split('\n');
  t.is(lines.length, 5);
  for (const line of lines) t.true(stringWidth(line) <= 90, line);
  t.regex(lines[2] ?? '', /…/);
});

test('a missing cassette is an error', async t => {
  for (const words of [['ls'], ['ls', 'x.cassette'], ['show', '1'], ['verify']]) {
    const {exitCode, stdout, stderr} = await retake(t, words);
    t.is(exitCode, 1);
    t.is(stdout, '');
    t.regex(stderr, /^retake: There is no cassette at (x\.cassette|cassettes)\n/);
  }
});

test('reading commands leave no trace', async t => {
  const directory = await folderWithCassette(t);
  const before = await readFile(join(directory, 'a.cassette'));
  const names = readdirSync(directory);
  for (const words of [
    ['ls', 'a.cassette'],
    ['show', '1', 'a.cassette'],
    ['verify', 'a.cassette'],
  ]) {
    await retake(t, words, {directory});
  }
  t.deepEqual(readdirSync(directory), names);
  t.deepEqual(await readFile(join(directory, 'a.cassette')), before);
});

test('`show` prints the conversation, the answers and their provenance', async t => {
  const directory = await folderWithCassette(t);
  const {exitCode, stdout} = await retake(t, ['show', '2', 'a.cassette'], {directory});
  t.is(exitCode, 0);
  t.deepEqual(stdout.split('\n'), [
    'a #2',
    `  ${keyOf(japan)}`,
    '',
    'user',
    '  What is the capital of Japan?',
    '',
    'answer 1 of 2',
    '  Tokyo.',
    '  finish reason: stop',
    '  recorded 2026-01-02T12:00:01.000Z by gemma-3-270m-it (b6000), requested as gemini-2.5-flash',
    '  5 + 3 tokens, 3 chunks in 100 ms',
    '',
    'answer 2 of 2',
    '  Tokyo, I think.',
    '  finish reason: stop',
    '  recorded 2026-01-02T12:00:02.000Z by gemma-3-270m-it (b6000), requested as gemini-2.5-flash',
    '  5 + 3 tokens, 4 chunks in 110 ms',
    '',
  ]);
});

test('`show` accepts a key prefix, with or without the scheme', async t => {
  const directory = await folderWithCassette(t);
  for (const wanted of [keyOf(france), keyOf(france).slice(0, 10), shortKeyOf(france)]) {
    const {stdout} = await retake(t, ['show', wanted, 'a.cassette'], {directory});
    t.regex(stdout, /^a #1\n/);
  }
});

test('`show` reports that no interaction matches, or that several do', async t => {
  const directory = await folderWithCassette(t);
  const nothing = await retake(t, ['show', '3', 'a.cassette'], {directory});
  t.is(nothing.exitCode, 1);
  t.regex(nothing.stderr, /^retake: No interaction of a\.cassette has the number or key 3\n/);
  const all = await retake(t, ['show', '1:', 'a.cassette'], {directory});
  t.is(all.exitCode, 1);
  t.regex(all.stderr, /^retake: 2 interactions have a key that begins with 1:\n/);
  t.regex(
    all.stderr,
    new RegExp(`^ {2}${shortKeyOf(france)} {2}a\\.cassette {2}${france.replace('?', '\\?')}$`, 'm'),
  );
});

test('`show --json` prints the request, the folded answers and their provenance', async t => {
  const directory = await folderWithCassette(t);
  const {stdout} = await retake(t, ['show', '1', 'a.cassette', '--json'], {directory});
  const shown = JSON.parse(stdout) as {takes: {reply: object; provenance: object}[]};
  t.like(shown, {
    version: 1,
    cassette: 'a',
    number: 1,
    key: keyOf(france),
    request: {operation: 'chat', turns: [{role: 'user', parts: [{type: 'text', text: france}]}]},
  });
  t.is(shown.takes.length, 1);
  t.like(shown.takes[0]?.provenance, {recordedAt: noon, askedFor: 'gemini-2.5-flash'});
  t.like(shown.takes[0]?.reply, {
    candidates: [{text: 'Paris.', reasoning: '', finish: {unified: 'stop', raw: 'stop'}}],
  });
});

test('recorded text cannot control the terminal', async t => {
  const directory = await temporaryFolder(t);
  await writeCassette(join(directory, 'a.cassette'), [
    recordingOf('Clear\u001b[2J the \u202escreen\u0007', 'Line\u001b]0;title\u0007 one\n\tline two\r'),
  ]);
  for (const words of [
    ['ls', 'a.cassette'],
    ['show', '1', 'a.cassette'],
  ]) {
    const {stdout} = await retake(t, words, {directory});
    t.regex(stdout, /Clear\\x1b\[2J the \\u202escreen\\x07/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point.
    t.notRegex(stdout, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  }
});

test('`verify` accepts what retake writes', async t => {
  const directory = await folderWithCassette(t);
  const {exitCode, stdout} = await retake(t, ['verify', 'a.cassette'], {directory});
  t.is(exitCode, 0);
  t.is(stdout, 'ok     a.cassette: 2 interactions, 3 takes\n');
});

test('`verify` exits with 1 and lists the problems', async t => {
  const directory = await folderWithCassette(t);
  await writeFile(
    join(directory, 'b.cassette'),
    (await readFile(join(directory, 'a.cassette'))).subarray(0, 3000),
  );
  const {exitCode, stdout} = await retake(t, ['verify', '.'], {directory});
  t.is(exitCode, 1);
  t.regex(
    stdout,
    /^ok {5}a\.cassette: 2 interactions, 3 takes\nwrong {2}b\.cassette: 0 interactions, 0 takes\n {7}\S/,
  );
  const json = await retake(t, ['verify', '.', '--json'], {directory});
  t.is(json.exitCode, 1);
  t.like(JSON.parse(json.stdout), {version: 1, cassettes: [{isValid: true, takes: 3}, {isValid: false}]});
});

test('`doctor` reports that replaying needs a cassette and no model', async t => {
  const directory = await folderWithCassette(t);
  const words = ['doctor', '--mode', 'replay', '--port', '0'];
  const there = await retake(t, [...words, '--cassette', 'a.cassette'], {directory});
  t.is(there.exitCode, 0);
  t.regex(there.stdout, /^ok {6}cassette {7}\S*a\.cassette$/m);
  t.notRegex(there.stdout, /engine|model/);
  const missing = await retake(t, [...words, '--cassette', 'b.cassette'], {directory});
  t.is(missing.exitCode, 1);
  t.regex(missing.stdout, /^missing cassette {7}none at \S*b\.cassette\n {23}Record one: /m);
  t.false(existsSync(join(directory, 'b.cassette')));
});

test('`doctor` lists what is missing for live answers and how to install it', async t => {
  const {exitCode, stdout} = await retake(t, ['doctor', '--port', '0', '--model', 'gemma3-270m'], {
    environment: {PATH: '/nonexistent'},
  });
  t.is(exitCode, 1);
  t.regex(stdout, /^missing engine .*\n {23}\S/m);
  t.regex(
    stdout,
    /^warn {4}model {10}gemma3-270m is not there yet\n {23}.*`retake setup --model gemma3-270m`/m,
  );
  t.regex(stdout, /^ok {6}rasterizer {5}pdfium \d+\.\d+\.\d+$/m);
  t.regex(stdout, /^warn {4}fonts {10}.*\n {23}.*fonts-/m);
});

test('`doctor` reports the rasterizer that would be used', async t => {
  const doctor = async (...words: readonly string[]) => {
    const {stdout} = await retake(t, ['doctor', '--mode', 'replay', ...words], {
      environment: {PATH: '/nonexistent'},
    });
    return stdout;
  };
  t.regex(await doctor('--rasterizer', 'pdfium'), /^ok {6}rasterizer {5}pdfium \d/m);
  t.regex(
    await doctor('--rasterizer', 'pdftoppm'),
    /^warn {4}rasterizer {5}pdftoppm is not installed; .*\n {23}Install poppler: /m,
  );
});

test('`doctor --json` prints versioned data', async t => {
  const {exitCode, stdout} = await retake(t, [
    'doctor',
    '--json',
    '--upstream',
    'http://127.0.0.1:9',
    '--port',
    '0',
  ]);
  t.is(exitCode, 1);
  const {version, findings} = JSON.parse(stdout) as {
    version: number;
    findings: {subject: string; verdict: string}[];
  };
  t.is(version, 1);
  t.is(findings.find(({subject}) => subject === 'upstream')?.verdict, 'missing');
  t.is(findings.find(({subject}) => subject === 'node')?.verdict, 'ok');
});
