import {copyFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {forgetfulProvider} from '../support/forgetful-provider.js';
import {retake} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const program = `
import OpenAI, {toFile} from ${JSON.stringify(import.meta.resolve('openai'))};
const openai = new OpenAI({maxRetries: 0});
for (const content of ['apple', 'pear']) {
  const file = await openai.files.create({file: await toFile(Buffer.from(content), 'f.txt'), purpose: 'assistants'});
  const answer = await openai.responses.create({
    model: 'gpt',
    input: [{role: 'user', content: [{type: 'input_file', file_id: file.id}, {type: 'input_text', text: process.argv[2] ?? 'What is it?'}]}],
  });
  console.log(file.id, answer.output_text);
}`;

async function project(t: ExecutionContext) {
  const directory = await temporaryFolder(t);
  await writeFile(join(directory, 'program.mjs'), program);
  const provider = await forgetfulProvider(t);
  const run = (mode: string, ...words: readonly string[]) =>
    retake(
      t,
      [
        ...['run', '--cassette', 'a.cassette', '--mode', mode, '--upstream', 'provider'],
        ...['--upstream-openai', `${provider.url}/v1`, '--', process.execPath, 'program.mjs', ...words],
      ],
      {directory, environment: {HOME: directory, OPENAI_API_KEY: 'sk-test'}},
    );
  const call = (...words: readonly string[]) => retake(t, words, {directory, environment: {HOME: directory}});
  return {directory, provider, run, call};
}

test('recording again changes the ids of answers alone, and each command names them', async t => {
  const {directory, provider, run, call} = await project(t);
  const first = await run('auto');
  t.is(first.exitCode, 0, first.stderr);
  const listed = await call('ls', 'a.cassette', '--json');
  const keys = (text: string) =>
    [...text.matchAll(/"key": ?"(1:[0-9a-f]{64})"/g)].map(([, key]) => key).sort();
  t.is(keys(listed.stdout).length, 4);
  t.regex(listed.stdout, /POST \/v1\/responses: What is it\?/);
  await copyFile(join(directory, 'a.cassette'), join(directory, 'old.cassette'));

  provider.wipe();
  const second = await run('record');
  t.is(second.exitCode, 0, second.stderr);
  t.not(second.stdout, first.stdout);
  t.deepEqual(keys((await call('ls', 'a.cassette', '--json')).stdout), keys(listed.stdout));
  const diff = await call('diff', 'old.cassette', 'a.cassette');
  t.regex(diff.stdout, /no answer changed/);
  t.regex(diff.stdout, /4 identical/);
  provider.wipe();
  t.is((await run('replay')).stdout, second.stdout);
  t.is((await call('verify', 'a.cassette')).exitCode, 0);

  const [id = ''] = second.stdout.split(' ');
  const asked = (text: string) => ({
    model: 'gpt',
    input: [
      {
        role: 'user',
        content: [
          {type: 'input_file', file_id: id},
          {type: 'input_text', text},
        ],
      },
    ],
  });
  await writeFile(join(directory, 'request.json'), JSON.stringify(asked('What is it?')));
  const hit = await call('explain', '--cassette', 'a.cassette', '--path', '/v1/responses', 'request.json');
  t.is(hit.exitCode, 0, hit.stdout + hit.stderr);
  t.regex(hit.stdout, new RegExp(`<files:[0-9a-f]{24}> is ${id}, from POST /v1/files\n`));

  const missed = await run('replay', 'What is that?');
  t.not(missed.exitCode, 0);
  const miss = await call('explain', '--last', '--cassette', 'a.cassette');
  t.is(miss.exitCode, 1);
  t.regex(miss.stdout, new RegExp(`<files:[0-9a-f]{24}> is ${id}, from POST /v1/files\n`));
  t.regex(miss.stdout, /What is that\?/);
});

test('a settings change keeps the tokens of ids', async t => {
  const {directory, provider, run, call} = await project(t);
  await run('auto');
  await writeFile(join(directory, 'retake.config.json'), '{"ignore": ["uuid", "unix-time"]}');
  const rekeyed = await call('rekey', 'a.cassette');
  t.is(rekeyed.exitCode, 0, rekeyed.stderr);
  provider.wipe();
  const replayed = await run('replay');
  t.is(replayed.exitCode, 0, replayed.stderr);
  t.regex(replayed.stdout, /About apple\n.*About pear\n/);
});
