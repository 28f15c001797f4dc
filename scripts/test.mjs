// `npm test`: installs and builds what is missing, lints, and runs every test. Types are checked by the build. The last line has the totals:
// `N passed, N failed, N skipped`. Arguments are passed to ava: `npm test -- dist/test/chat/*.test.js`. With `--changed`, only the tests run
// that a change since the branch left main can affect; `--changed=REVISION` names another commit.
import {spawn} from 'node:child_process';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {installAgents} from './agents/install.mjs';
import {changedTests, describeChanged} from './changed-tests.mjs';
import {exitWith, runQuietly} from './run-quietly.mjs';
import {installSdks, languageNames} from './sdks/install.mjs';
import {build, installDependencies} from './set-up.mjs';
import {useSupportedNode} from './supported-node.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const counts = {passed: 0, failed: 0, skipped: 0};
/** What failed, each with the lines that explain it. */
const failures = [];
const isCi = !['', '0', 'false', undefined].includes(process.env.CI);

await useSupportedNode();
let problem;
// Go needs none of the packages, and computes while they are downloaded.
const goTools = check('act and actionlint', process.execPath, ['scripts/install-go-tools.mjs']);
await installDependencies();
const given = process.argv.slice(2);
const building = build().then(failure => {
  problem = failure;
  if (failure !== undefined) console.log('The build failed. What is being installed is finished first.');
});
// Which tests a change affects is seen in what was built.
if (given[0]?.startsWith('--changed')) await building;
if (problem !== undefined) exitWith(problem);
const files = chooseFiles(given);
const engine = inTurn(
  () => building,
  () =>
    check('engine and model', process.execPath, ['dist/bin/retake.js', 'setup', '--model', 'gemma3-270m']),
);
// The tests of the packages and of the image need nothing else, and take long.
const trials =
  isCi &&
  inTurn(
    () => engine,
    () => runScript('installation', 'scripts/test-install.mjs'),
    () => runScript('image', 'scripts/test-image.mjs'),
  );
// What Go compiles needs the processor, what the others download mostly waits.
await Promise.all([
  inTurn(
    () => goTools,
    () => mayRun('sdk') && prepare(() => installSdks('go')),
  ),
  inTurn(
    ...languageNames
      .filter(language => language !== 'go')
      .map(language => () => mayRun('sdk') && prepare(() => installSdks(language))),
    () => mayRun('agents') && prepare(installAgents),
  ),
  inTurn(
    () => engine,
    () => checkQuietly('lint', 'node_modules/.bin/biome', ['check', '--error-on-warnings', '.']),
    () => checkQuietly('documentation', process.execPath, ['scripts/docs.mjs']),
    () => check('test frameworks', process.execPath, ['scripts/kits/install.mjs']),
    () => check('servers', process.execPath, ['scripts/find-servers.mjs']),
  ),
]);
if (problem !== undefined) exitWith(problem);
await Promise.all([files && runAva(files), trials]);

// The output is long: what failed is told again where everyone looks.
if (failures.length > 0) console.log(`\n# failed\n${failures.flat().join('\n')}`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;

/** The arguments of ava; undefined if a change affects no test. */
function chooseFiles(given) {
  const [option, ...others] = given;
  const [, revision] = /^--changed(?:=(.+))?$/.exec(option ?? '') ?? [undefined, null];
  if (revision === null) return given;
  const chosen = changedTests(process.cwd(), revision);
  console.log(`\n# changes\n${describeChanged(chosen)}`);
  if (chosen.all !== undefined) return others;
  return chosen.tests.length === 0 ? undefined : [...chosen.tests.map(({file}) => file), ...others];
}

/** Whether tests in this folder of test/ can be among those that run. */
function mayRun(folder) {
  if (!files) return false;
  const named = files.filter(file => file.endsWith('.js'));
  return named.length === 0 || named.some(file => file.includes('*') || file.split(/[\\/]/).includes(folder));
}

/** Without a build, no further step has a use. */
async function inTurn(...steps) {
  for (const step of steps) if (problem === undefined) await step();
}

/** Runs a command whose success is one check. */
async function check(name, command, commandArguments) {
  console.log(`\n# ${name}`);
  const code = await run(command, commandArguments, {stdio: ['ignore', 'inherit', 'inherit']});
  count(code === 0 ? 'passed' : 'failed', name);
}

/** The same, shown only if it fails: other steps run beside it. */
async function checkQuietly(name, command, commandArguments) {
  const {code, output} = await runQuietly(command, commandArguments, {cwd: process.cwd(), env: process.env});
  console.log(`\n# ${name}`);
  const failure = count(code === 0 ? 'passed' : 'failed', name);
  if (failure) explain(failure, output.trim());
}

/** What cannot be installed is a failure in CI; elsewhere its tests are skipped, with a message. */
async function prepare(install) {
  const problem = await install();
  if (problem === undefined) return;
  console.log(problem);
  if (isCi) count('failed', problem);
}

/** Runs ava, whose TAP output has one line for each test, and indented lines that explain a failure (https://testanything.org). */
async function runAva(files) {
  console.log('\n# tests');
  // Many tests wait for processes and streams: with as many files as processors, those of a small machine are idle for a third of the time.
  const ava = ['node_modules/ava/entrypoints/cli.mjs', '--tap', '--concurrency', '4', ...files];
  let failure;
  const code = await run(process.execPath, ava, {stdio: ['ignore', 'pipe', 'inherit']}, line => {
    const [, failed, title, skipped] = /^(not )?ok \d+ - (.*?)( # SKIP.*)?$/.exec(line) ?? [];
    if (title !== undefined) {
      failure = count(skipped ? 'skipped' : failed ? 'failed' : 'passed', title);
    } else if (failure && line.startsWith(' ')) explain(failure, line);
  });
  if (code !== 0 && counts.failed === 0) count('failed', `ava ended with exit code ${code}`);
}

/** Runs another script of tests, whose last line has its totals. It runs beside other tests, so its output is shown when it has ended. */
async function runScript(title, script) {
  console.log(`Testing the ${title}, too …`);
  const lines = [`\n# ${title}`];
  let failed = 0;
  const code = await run(process.execPath, [script], {stdio: ['ignore', 'pipe', 'inherit']}, line => {
    const totals = /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(line);
    if (!totals) return lines.push(line);
    failed = Number(totals[2]);
    for (const [index, outcome] of ['passed', 'failed', 'skipped'].entries())
      counts[outcome] += Number(totals[index + 1]);
    return undefined;
  });
  console.log(lines.join('\n'));
  for (const [index, line] of lines.entries())
    if (line.startsWith('✘')) failures.push(lines.slice(index, endOfIndented(lines, index + 1)));
  if (code !== 0 && failed === 0) count('failed', `${title}: exit code ${code}`);
}

/** The failure, which can then be explained; undefined if it is none. */
function count(outcome, title) {
  counts[outcome]++;
  if (outcome === 'skipped') console.log(`- skipped: ${title}`);
  if (outcome === 'passed' && counts.passed % 100 === 0) console.log(`  ${counts.passed} passed so far`);
  if (outcome !== 'failed') return undefined;
  const failure = [];
  failures.push(failure);
  explain(failure, `✘ ${title}`);
  return failure;
}

function explain(failure, line) {
  console.log(line);
  failure.push(line);
}

function endOfIndented(lines, start) {
  const end = lines.findIndex((line, index) => index >= start && !line.startsWith(' '));
  return end === -1 ? lines.length : end;
}

/** The exit code of a command; 1 if a signal ended it. */
function run(command, commandArguments, options, onLine) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, options);
    child.on('error', reject);
    if (onLine && child.stdout) createInterface({input: child.stdout}).on('line', onLine);
    child.on('close', code => resolve(code ?? 1));
  });
}
