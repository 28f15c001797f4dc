import test from 'ava';
import {loadProgram} from '../../cli/program.js';
import {settingList} from '../../src/config/setting-list.js';
import {retake} from '../support/retake.js';

const program = await loadProgram({environment: {}, directory: '.'});

/** Every command and subcommand. */
const visible = program.commands.filter(command => command.name() !== 'complete');

const commands = visible.flatMap(command => [
  {words: [command.name()], command},
  ...command.commands.map(one => ({words: [command.name(), one.name()], command: one})),
]);

const verbs = [
  ...[
    'Check',
    'Compare',
    'Copy',
    'Edit',
    'Explain',
    'Export',
    'Import',
    'Install',
    'List',
    'Merge',
    'Print',
    'Recompute',
  ],
  ...['Record', 'Redact', 'Remove', 'Resolve', 'Run', 'Serve', 'Set', 'Show', 'Summarize', 'Trust'],
];

test('the help groups the commands', async t => {
  const {exitCode, stdout, stderr} = await retake(t, ['--help']);
  t.is(exitCode, 0);
  t.is(stderr, '');
  t.deepEqual(stdout.match(/^\S.*:$/gm), [
    'Options:',
    'Run and serve:',
    'Look and compare:',
    'Maintain:',
    'Examples:',
  ]);
  for (const {name, summary} of visible.map(one => ({name: one.name(), summary: one.description()})))
    t.true(stdout.includes(`  ${name.padEnd(16)}${summary}\n`), name);
  assertFits(t, stdout);
});

test('without a command it prints the help', async t => {
  const {exitCode, stdout, stderr} = await retake(t, []);
  t.is(exitCode, 0);
  t.is(stderr, '');
  t.is(stdout, (await retake(t, ['--help'])).stdout);
});

for (const {words, command} of commands) {
  const named = ['retake', ...words].join(' ');

  test(`\`${named} --help\` fits two screens, starts with a verb and ends with an example`, async t => {
    const {exitCode, stdout, stderr} = await retake(t, [...words, '--help']);
    t.is(exitCode, 0);
    t.is(stderr, '');
    t.true(stdout.startsWith(`Usage: ${named} `));
    t.is(stdout.split('\n')[2], command.description());
    const [verb = ''] = command.description().split(' ');
    t.true(verbs.includes(verb), command.description());
    t.false(command.description().endsWith('.'));
    t.regex(stdout, new RegExp(`\nExamples:\n(  \\$ .*\n)*  \\$ .*${named}`));
    assertFits(t, stdout);
  });
}

test('options and arguments are described in one style', t => {
  for (const {command} of commands) {
    const options = command.options.filter(({negate, hidden}) => !(negate && hidden));
    for (const {long, description} of options) t.regex(description, /^[A-Z].*[^.]$/, long ?? '');
    for (const argument of command.registeredArguments)
      t.regex(argument.description, /^[A-Z].*[^.]$/, argument.name());
  }
});

const withAllSettings = ['run', 'serve', 'doctor', 'rerecord'];

for (const name of withAllSettings) {
  test(`\`retake ${name} --help-all\` lists every setting that the command has`, async t => {
    const {exitCode, stdout, stderr} = await retake(t, [name, '--help-all']);
    t.is(exitCode, 0);
    t.is(stderr, '');
    const flags = program.commands
      .find(command => command.name() === name)
      ?.options.map(({long}) => long)
      .filter(long => settingList.some(({flag}) => flag === long));
    t.true(flags && flags.length > 20);
    for (const flag of flags ?? []) t.regex(stdout, new RegExp(`^  ${flag}[ ,]`, 'm'));
    t.true(stdout.split('\n').every(line => line.length <= 80));
    const common = await retake(t, [name, '--help']);
    t.regex(common.stdout, /^ {2}--help-all /m);
    t.notRegex(common.stdout, /--ubatch-size/);
  });
}

test('`retake serve --help-all` lists the flag of every setting', async t => {
  const {stdout} = await retake(t, ['serve', '--help-all']);
  for (const {flag} of settingList)
    if (flag !== undefined) t.regex(stdout, new RegExp(`^  ${flag}[ ,]`, 'm'));
});

test('`--help-all` is an option of retake only before the command to run', async t => {
  const {stdout} = await retake(t, ['run', '--mode', 'auto', '--no-wait', '--', 'echo', '--help-all']);
  t.is(stdout, '--help-all\n');
});

function assertFits(t: {true(value: boolean, message: string): void}, help: string): void {
  const lines = help.trimEnd().split('\n');
  t.true(lines.length <= 60, `${lines.length} lines`);
  for (const line of lines) t.true(line.length <= 80, line);
}
