// Runs the steps of action.yml: `review.mjs tell` for the job, `review.mjs comment` for the pull request. The inputs come in
// environment variables and become arguments of a process, so that no shell interprets them.
import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

const [task] = process.argv.slice(2);
const input = name => process.env[`INPUT_${name}`] || undefined;
const option = (flag, value) => (value === undefined ? [] : [`${flag}=${value}`]);

const words = [
  'review',
  ...option('--base', input('BASE')),
  ...option('--fail-on', input('FAIL_ON')),
  ...option('--tokens', input('TOKENS')),
  ...wordsFor(task),
  '--',
  ...lines(input('CASSETTES')),
];
const {status, error} = spawnSync(process.execPath, [await findRetake(), ...words], {stdio: 'inherit'});
if (error) throw error;
process.exitCode = status ?? 1;

function wordsFor(name) {
  switch (name) {
    case 'tell':
      return ['--github', ...option('--page', input('PAGE_FILE'))];
    case 'comment':
      return ['--comment', ...option('--name', input('NAME')), ...option('--page-url', input('PAGE_URL'))];
    default:
      throw new Error(`Expected tell or comment, got ${name}`);
  }
}

function lines(text = '') {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
}

/** The version in the input, or else that of the project, which wrote its cassettes, or else the action's own. */
async function findRetake() {
  const named = input('RETAKE');
  if (named !== undefined) return resolve(named);
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const program = join(folder, 'node_modules', 'retake', 'dist', 'bin', 'retake.js');
    if (existsSync(program)) return program;
    if (dirname(folder) === folder) break;
  }
  const setUp = new URL('../set-up.mjs', import.meta.url);
  // The npm package is built already.
  if (existsSync(setUp)) {
    const {buildIfNeeded, installDependencies} = await import(setUp);
    await installDependencies();
    await buildIfNeeded();
  }
  return fileURLToPath(new URL('../../dist/bin/retake.js', import.meta.url));
}
