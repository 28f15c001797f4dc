import {createInterface} from 'node:readline/promises';
import {Command} from 'commander';
import {
  examineProject,
  type InitializedFile,
  initializeProject,
  testsWithRetake,
} from '../../src/operations/initialize-project.js';
import type {DefineCommand} from '../input/invocation.js';
import {printableLine} from '../output/printable.js';
import {writeJson} from '../output/write-json.js';

export const define: DefineCommand = ({directory}) => {
  const command = new Command('init');
  return command
    .option('--yes', 'Ask no questions and take the defaults')
    .option('--json', 'Print JSON; implies --yes')
    .addHelpText('after', examples)
    .action(async () => {
      const {yes = false, json = false} = command.opts<{yes?: true; json?: true}>();
      await initialize(directory, {asks: !yes && !json && process.stdin.isTTY === true, json});
    });
};

const examples = `
Writes retake.config.json, .gitattributes, a script that runs the tests with
retake, and a workflow if a remote of the repository is on GitHub. Adds to files
that exist and replaces none: a second run changes nothing.

Examples:
  $ npx retake init
  $ npx retake init --yes`;

async function initialize(
  directory: string,
  {asks, json}: {readonly asks: boolean; readonly json: boolean},
): Promise<void> {
  const {tests, hasGithub, packageManager} = examineProject(directory);
  const answers = asks
    ? await ask({test: tests?.command ?? '', hasGithub})
    : {cassette: 'cassettes', testCommand: tests?.command, writesWorkflow: hasGithub};
  const files = await initializeProject({directory, ...answers});
  if (json) return writeJson({version: 1, files});
  const run = testsWithRetake(answers.testCommand, packageManager);
  process.stdout.write(`${files.map(describeFile).join('')}
Next:
  ${run}${' '.repeat(Math.max(1, 32 - run.length))}record the requests of your tests
  npx retake git install          let git show and merge cassettes in this clone
  git add .                       commit the cassettes with the code
`);
}

type Answers = {
  readonly cassette: string;
  readonly testCommand: string | undefined;
  readonly writesWorkflow: boolean;
};

/** Three questions, each with a default. */
async function ask({test, hasGithub}: {test: string; hasGithub: boolean}): Promise<Answers> {
  const terminal = createInterface({input: process.stdin, output: process.stderr});
  const question = async (text: string, fallback: string) =>
    (await terminal.question(`${text}${fallback === '' ? '' : ` (${fallback})`}: `)).trim() || fallback;
  try {
    const cassette = await question('Folder for the cassettes', 'cassettes');
    const testCommand = await question('Command that runs your tests', test);
    const workflow = await question('Write a GitHub workflow? yes or no', hasGithub ? 'yes' : 'no');
    return {cassette, testCommand: testCommand || undefined, writesWorkflow: /^y/i.test(workflow)};
  } finally {
    terminal.close();
  }
}

function describeFile({path, action, purpose}: InitializedFile): string {
  return `${printableLine(`${action.padEnd(8)} ${path}: ${purpose}`)}\n`;
}
