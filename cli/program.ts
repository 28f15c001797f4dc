import {Command, CommanderError} from 'commander';
import {wantsStackTraces} from '../src/config/load-config.js';
import {RetakeError} from '../src/errors.js';
import {packageVersion} from '../src/version.js';
import type {DefineCommand, Invocation} from './input/invocation.js';
import {exitCodes} from './output/exit-codes.js';
import {printError} from './output/print-error.js';

type CommandEntry = {
  readonly name: string;
  readonly summary: string;
  readonly isHidden?: true;
  readonly load: () => Promise<{readonly define: DefineCommand}>;
};

/** The commands below the headings of the help. Only the command that is named is loaded, to keep every start fast. */
const commandGroups: Readonly<Record<string, readonly CommandEntry[]>> = {
  'Run and serve': [
    {
      name: 'run',
      summary: 'Run a command and report the outcome of each request',
      load: () => import('./commands/run.js'),
    },
    {
      name: 'serve',
      summary: 'Serve the Gemini, OpenAI and Anthropic APIs on a port',
      load: () => import('./commands/serve.js'),
    },
    {
      name: 'init',
      summary: 'Set up a project: settings, git, tests and CI',
      load: () => import('./commands/init.js'),
    },
    {
      name: 'setup',
      summary: 'Install the engine and download a model',
      load: () => import('./commands/setup.js'),
    },
    {name: 'doctor', summary: 'Check the installation', load: () => import('./commands/doctor.js')},
  ],
  'Look and compare': [
    {name: 'ls', summary: 'List the interactions of cassettes', load: () => import('./commands/ls.js')},
    {name: 'show', summary: 'Show one interaction', load: () => import('./commands/show.js')},
    {
      name: 'explain',
      summary: 'Explain why a request matches a recording or not',
      load: () => import('./commands/explain.js'),
    },
    {name: 'diff', summary: 'Compare recordings', load: () => import('./commands/diff.js')},
    {
      name: 'review',
      summary: "Summarize a branch's recording changes for review",
      load: () => import('./commands/review.js'),
    },
    {
      name: 'verify',
      summary: 'Check that cassettes are valid and hold no secret',
      load: () => import('./commands/verify.js'),
    },
    {
      name: 'export',
      summary: 'Export a cassette as JSON lines',
      load: () => import('./commands/export.js'),
    },
    {
      name: 'textconv',
      summary: 'Print a cassette as text for git diff',
      load: () => import('./commands/textconv.js'),
    },
  ],
  Maintain: [
    {name: 'edit', summary: 'Edit one recorded answer', load: () => import('./commands/edit.js')},
    {
      name: 'stub',
      summary: 'Record an answer that you write',
      load: () => import('./commands/stub.js'),
    },
    {
      name: 'rerecord',
      summary: 'Record answers again and report the changes',
      load: () => import('./commands/rerecord.js'),
    },
    {name: 'prune', summary: 'Remove unused recordings', load: () => import('./commands/prune.js')},
    {
      name: 'redact',
      summary: 'Redact secrets in existing recordings',
      load: () => import('./commands/redact.js'),
    },
    {
      name: 'rekey',
      summary: 'Recompute keys after a settings change',
      load: () => import('./commands/rekey.js'),
    },
    {
      name: 'copy',
      summary: 'Copy recordings between files and databases',
      load: () => import('./commands/copy.js'),
    },
    {
      name: 'import',
      summary: 'Import a cassette from JSON lines',
      load: () => import('./commands/import.js'),
    },
    {
      name: 'git',
      summary: 'Set up git diff and merge for cassettes',
      load: () => import('./commands/git.js'),
    },
    {
      name: 'trust',
      summary: 'Trust a configuration file with your credentials',
      load: () => import('./commands/trust.js'),
    },
    {
      name: 'merge',
      summary: 'Merge the cassettes of two branches',
      load: () => import('./commands/merge.js'),
    },
    {
      name: 'resolve',
      summary: 'Resolve merge conflicts in cassettes',
      load: () => import('./commands/resolve.js'),
    },
    {
      name: 'completion',
      summary: 'Print a completion script for a shell',
      load: () => import('./commands/completion.js'),
    },
    {
      name: 'complete',
      summary: 'Complete the words of a command line',
      isHidden: true,
      load: () => import('./commands/complete.js'),
    },
  ],
};

/** Runs `retake` with these arguments; resolves to the exit code. */
export async function runProgram(argv: readonly string[], invocation: Invocation): Promise<number> {
  let exitCode: number = exitCodes.success;
  const finish = (code: number) => {
    exitCode = code;
  };
  try {
    const named = argv.find(argument => commandNames.has(argument));
    const program = await loadProgram(invocation, {
      finish,
      loads: name => name === named || named === 'complete',
    });
    if (argv.filter(word => /postgres/i.test(word)).length > 1)
      (await import('./input/check-passwords.js')).checkPasswords(argv);
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(argv, {from: 'user'});
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
    printError(error, {withStack: wantsStackTraces(invocation.environment)});
    return error instanceof RetakeError && error.code === 'invalid_setting'
      ? exitCodes.usage
      : exitCodes.failure;
  }
}

const commandNames = new Set(Object.values(commandGroups).flatMap(entries => entries.map(({name}) => name)));

type LoadOptions = {
  readonly finish?: (exitCode: number) => void;
  /** Which commands are defined in full; the others have a name and a summary. */
  readonly loads?: (name: string) => boolean;
};

/** The program with its commands, all of them loaded by default. */
export async function loadProgram(
  invocation: Invocation,
  {finish = () => {}, loads = () => true}: LoadOptions = {},
): Promise<Command> {
  const helpCommand = new Command('help')
    .argument('[command]')
    .description('Print the help of a command')
    .helpGroup('Maintain:');
  const program = new Command('retake')
    .description('Record and replay LLM API calls, with a local Gemma 3 as the model')
    .version(packageVersion(), '-V, --version', 'Print the version')
    .enablePositionalOptions()
    .addHelpCommand(helpCommand)
    .addHelpText('after', examples);
  for (const [group, entries] of Object.entries(commandGroups)) {
    for (const {name, summary, isHidden = false, load} of entries) {
      const command = loads(name) ? (await load()).define(invocation, finish) : new Command(name);
      program.addCommand(command.description(summary).helpGroup(`${group}:`), {hidden: isHidden});
    }
  }
  for (const command of [program, ...program.commands.flatMap(one => [one, ...one.commands])]) {
    command
      .helpOption('-h, --help', 'Print this help')
      .exitOverride()
      .configureOutput({
        outputError: (text, write) => write(text.replace(/^error: /, 'retake: ')),
      });
  }
  return program;
}

const examples = `
Examples:
  $ retake run -- npm test    run the tests against the cassette
  $ retake serve              serve on port 8090 and record new requests
  $ retake ls                 list the recordings

\`retake COMMAND --help\` explains a command and its options.`;
