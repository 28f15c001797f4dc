import {mkdir, symlink, writeFile} from 'node:fs/promises';
import {delimiter, join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa, execaSync} from 'execa';
import {loadProgram} from '../../cli/program.js';
import {isContinuousIntegration} from '../../src/config/continuous-integration.js';
import {writeCassette} from '../support/cassette-files.js';
import {recordingOf} from '../support/recordings.js';
import {retake, retakeProgram} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

/** A folder with cassettes and other files, in which `retake` is on PATH. */
async function project(t: ExecutionContext) {
  const directory = await temporaryFolder(t);
  for (const path of ['cassettes/chat.cassette', 'cassettes/tools.cassette', 'other/x.cassette']) {
    await mkdir(join(directory, path, '..'), {recursive: true});
    await writeCassette(join(directory, path), [recordingOf('France?', 'Paris')]);
  }
  await writeFile(join(directory, 'chapters.txt'), '');
  const bin = await temporaryFolder(t);
  await symlink(retakeProgram, join(bin, 'retake'));
  return {directory, environment: {PATH: `${bin}${delimiter}${process.env['PATH']}`}};
}

async function complete(t: ExecutionContext, directory: string, words: readonly string[]) {
  const {exitCode, stdout, stderr} = await retake(t, ['complete', '--', ...words], {directory});
  t.is(exitCode, 0);
  t.is(stderr, '');
  const lines = stdout.trimEnd().split('\n');
  return {values: lines.slice(0, -1).map(line => line.split('\t')[0]), directive: lines.at(-1)};
}

const modes = ['replay', 'auto', 'record', 'passthrough'];
const cassettes = ['cassettes/chat.cassette', 'cassettes/tools.cassette', 'cassettes/'];

const completions = test.macro({
  title: (_, words: readonly string[]) => `completes \`retake ${words.join(' ')}\``,
  async exec(t, words: readonly string[], expected: readonly string[]) {
    const {directory} = await project(t);
    t.deepEqual(await complete(t, directory, words), {values: [...expected], directive: ':4'});
  },
});
test(completions, ['re'], ['review', 'rerecord', 'redact', 'rekey', 'resolve']);
test(completions, ['git', ''], ['install', 'uninstall', 'status']);
test(completions, ['prune', '--u'], ['--unused', '--unopened']);
test(completions, ['serve', '--ub'], ['--ubatch-size']);
test(completions, ['run', '--mode', ''], modes);
test(completions, ['run', '--mode=re'], ['replay', 'record']);
test(completions, ['run', '--mode', '=', 're'], ['replay', 'record']);
test(completions, ['run', '--mode', '='], modes);
test(completions, ['serve', '--model', 'gemma3-2'], ['gemma3-270m']);
test(completions, ['explain', '--dialect', ''], ['gemini', 'anthropic', 'openai']);
test(completions, ['diff', '--format', 'm'], ['markdown']);
test(completions, ['diff', '--fail-on', 'n'], ['none']);
test(completions, ['completion', ''], ['zsh', 'bash', 'fish', 'powershell']);
test(completions, ['ls', 'ca'], cassettes);
test(completions, ['show', '3', 'cassettes/t'], ['cassettes/tools.cassette']);
test(completions, ['run', '--cassette', 'o'], ['other/', 'other/x.cassette']);

test('without completions of its own it leaves file names to the shell', async t => {
  const {directory} = await project(t);
  const fileNames = {values: [], directive: ':0'};
  t.deepEqual(await complete(t, directory, ['diff', '--output', '']), fileNames);
  t.deepEqual(await complete(t, directory, ['import', '']), fileNames);
  t.deepEqual(await complete(t, directory, ['run', '--', 'npm', 't']), fileNames);
});

test('every command and option is completed', async t => {
  const directory = await temporaryFolder(t);
  const program = await loadProgram({environment: {}, directory});
  const visible = program.commands.filter(command => command.name() !== 'complete');
  const {values} = await complete(t, directory, ['']);
  t.deepEqual(values.sort(), [...visible.map(command => command.name()), 'help'].sort());
  for (const command of visible) {
    const options = command.options.filter(({negate, hidden}) => !(negate && hidden));
    const completed = await complete(t, directory, [command.name(), '--']);
    t.deepEqual(
      completed.values.filter(value => value !== '--help').sort(),
      options.map(({long}) => long ?? '').sort(),
      command.name(),
    );
  }
});

test('an invalid configuration does not stop completion', async t => {
  const {directory} = await project(t);
  await writeFile(join(directory, 'retake.config.json'), '{"casette": 1}');
  t.deepEqual((await complete(t, directory, ['ls', 'cas'])).values, cassettes);
});

test('bash completes with the script of `retake completion bash`', async t => {
  const {directory, environment} = await project(t);
  const bash = async (...words: readonly string[]) => {
    const script = `
      source <(retake completion bash)
      complete -p retake
      COMP_WORDS=(retake "$@"); COMP_CWORD=$#
      __retake_complete 2>/dev/null
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const options = {cwd: directory, env: environment};
    const {stdout} = await execa('bash', ['--norc', '-c', script, 'bash', ...words], options);
    const [registration, ...values] = stdout.split('\n');
    t.is(registration, 'complete -o default -F __retake_complete retake');
    return values;
  };
  t.deepEqual(await bash('ver'), ['verify']);
  t.deepEqual(await bash('git', 'in'), ['install']);
  t.deepEqual(await bash('run', '--mode', ''), modes);
  t.deepEqual(await bash('run', '--mode', '=', 'rep'), ['replay']);
  t.deepEqual(await bash('run', '--mode', '='), modes);
  t.deepEqual(await bash('ls', 'cassettes/c'), ['cassettes/chat.cassette']);
  t.deepEqual(await bash('diff', '--output', 'ch'), ['']);
});

(isNeeded('zsh') ? test : test.skip)('zsh registers the script of `retake completion zsh`', async t => {
  const {directory, environment} = await project(t);
  const script =
    'autoload -U compinit; compinit -D -u; source <(retake completion zsh); print $_comps[retake]';
  const {stdout, stderr} = await execa('zsh', ['-f', '-c', script], {cwd: directory, env: environment});
  t.is(stdout, '_retake');
  t.is(stderr, '');
});

(isNeeded('fish') ? test : test.skip)(
  'fish completes with the script of `retake completion fish`',
  async t => {
    const {directory, environment} = await project(t);
    const env = {...environment, HOME: await temporaryFolder(t)};
    const complete = async (line: string) => {
      const script = 'retake completion fish | source; complete --do-complete $argv[1]';
      const {stdout} = await execa('fish', ['--no-config', '-c', script, line], {cwd: directory, env});
      return stdout.split('\n').map(completed => completed.split('\t')[0]);
    };
    t.deepEqual(await complete('retake ver'), ['verify']);
    t.deepEqual((await complete('retake run --mode re')).sort(), ['record', 'replay']);
    t.deepEqual(await complete('retake run --mode=rep'), ['--mode=replay']);
    t.deepEqual(await complete('retake ls cassettes/c'), ['cassettes/chat.cassette']);
  },
);

test('a shell without a script is a usage error', async t => {
  const {exitCode, stdout, stderr} = await retake(t, ['completion', 'tcsh']);
  t.is(exitCode, 2);
  t.is(stdout, '');
  t.regex(
    stderr,
    /^retake: command-argument value 'tcsh' is invalid for argument 'shell'\. Allowed choices are bash/,
  );
});

test('the script for PowerShell calls retake', async t => {
  const {stdout} = await retake(t, ['completion', 'powershell']);
  t.regex(stdout, /Register-ArgumentCompleter/);
  t.regex(stdout, /& retake complete '--'/);
});

/** Whether a shell is installed, or has to be. */
function isNeeded(shell: string): boolean {
  const isInstalled = !execaSync(shell, ['-c', 'true'], {reject: false}).failed;
  return isInstalled || isContinuousIntegration(process.env);
}
