import {existsSync, readFileSync} from 'node:fs';
import test from 'ava';
import {execa, execaSync} from 'execa';
import {manPage} from '../../cli/output/man-page.js';
import {loadProgram} from '../../cli/program.js';
import {isContinuousIntegration} from '../../src/config/continuous-integration.js';
import {settingList} from '../../src/config/setting-list.js';

const page = 'dist/man/retake.1';
const hasMandoc = !execaSync('mandoc', [page], {reject: false}).failed;
const mandocTest = hasMandoc || isContinuousIntegration(process.env) ? test : test.skip;

test('the package has the manual page of its commands', async t => {
  const {man, files} = JSON.parse(readFileSync('package.json', 'utf8')) as {man: string; files: string[]};
  t.is(man, `./${page}`);
  t.true(files.includes('dist/man'));
  t.true(existsSync(page));
  const program = await loadProgram({environment: {}, directory: '.'});
  t.is(readFileSync(page, 'utf8'), manPage(program), 'run `npm run build`');
});

mandocTest('mandoc has no complaint about the manual page', async t => {
  const {stdout} = await execa('mandoc', ['-T', 'lint', '-W', 'warning', page], {reject: false});
  // A date would make every build another one.
  t.deepEqual(
    stdout.split('\n').filter(line => line !== '' && !line.includes('missing date')),
    [],
  );
});

mandocTest('the manual page describes every command, argument, option and setting', async t => {
  const text = await render();
  const program = await loadProgram({environment: {}, directory: '.'});
  const visible = program.commands.filter(command => command.name() !== 'complete');
  for (const command of visible.flatMap(one => [one, ...one.commands])) {
    t.true(
      text.includes(`\n   retake ${program.createHelp().commandUsage(command).slice('retake '.length)}\n`),
    );
    t.true(text.includes(command.description()), command.name());
    for (const argument of command.registeredArguments) t.true(text.includes(argument.description));
    for (const {long, flags, description} of command.options) {
      if (settingList.some(({flag}) => flag === long?.replace(/^--no-/, '--'))) continue;
      t.true(text.includes(flags), flags);
      t.true(text.includes(description), description);
    }
  }
  for (const {flag, name, variables, schema} of settingList) {
    t.regex(text, new RegExp(`\n +${flag ?? name}\\b`));
    t.true(text.includes(schema.description ?? ''), name);
    for (const variable of variables) t.true(text.includes(variable), variable);
  }
  t.true(text.includes('  $ retake run -- npm test\n'));
});

/** The page as plain text, without line breaks inside sentences. */
async function render(): Promise<string> {
  const {stdout} = await execa('mandoc', ['-T', 'utf8', '-O', 'width=1000', page]);
  return stdout.replaceAll(/.[\b]/g, '');
}
