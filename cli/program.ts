import {Command, CommanderError} from 'commander';
import {wantsStackTraces} from '../src/config/load-config.js';
import {RetakeError} from '../src/errors.js';
import {packageVersion} from '../src/version.js';
import type {DefineCommand, Invocation} from './input/invocation.js';
import {exitCodes} from './output/exit-codes.js';
import {printError} from './output/print-error.js';

type CommandModule = {readonly define: DefineCommand};

/** Only the command that is asked for is loaded, so that none pays for the others' libraries. */
const commands: readonly {name: string; summary: string; load: () => Promise<CommandModule>}[] = [
  {
    name: 'serve',
    summary: 'Answer the Gemini, OpenAI and Anthropic APIs on a port',
    load: () => import('./commands/serve.js'),
  },
  {
    name: 'run',
    summary: 'Run a command against retake and give a verdict',
    load: () => import('./commands/run.js'),
  },
  {name: 'setup', summary: 'Fetch the engine and a model', load: () => import('./commands/setup.js')},
  {name: 'ls', summary: 'List what is in cassettes', load: () => import('./commands/ls.js')},
  {name: 'show', summary: 'Show one interaction', load: () => import('./commands/show.js')},
  {
    name: 'diff',
    summary: 'Tell what the model now says differently',
    load: () => import('./commands/diff.js'),
  },
  {
    name: 'review',
    summary: 'Tell whoever merges a branch what it changes',
    load: () => import('./commands/review.js'),
  },
  {
    name: 'git',
    summary: 'Let git show and merge cassettes',
    load: () => import('./commands/git.js'),
  },
  {name: 'merge', summary: 'Merge cassettes of two branches', load: () => import('./commands/merge.js')},
  {
    name: 'resolve',
    summary: 'Decide what a merge left open',
    load: () => import('./commands/resolve.js'),
  },
  {name: 'export', summary: 'Print a cassette as JSON lines', load: () => import('./commands/export.js')},
  {
    name: 'import',
    summary: 'Make a cassette from JSON lines',
    load: () => import('./commands/import.js'),
  },
  {name: 'prune', summary: 'Remove what no run asks for', load: () => import('./commands/prune.js')},
  {
    name: 'redact',
    summary: 'Take secrets out of what was recorded',
    load: () => import('./commands/redact.js'),
  },
  {
    name: 'rekey',
    summary: 'Bring keys in line with changed settings',
    load: () => import('./commands/rekey.js'),
  },
  {
    name: 'explain',
    summary: 'Tell why a request is found or not',
    load: () => import('./commands/explain.js'),
  },
  {name: 'edit', summary: 'Change one answer by hand', load: () => import('./commands/edit.js')},
  {
    name: 'rerecord',
    summary: 'Ask the model again for what is recorded',
    load: () => import('./commands/rerecord.js'),
  },
  {
    name: 'textconv',
    summary: 'Print a cassette as text, for git',
    load: () => import('./commands/textconv.js'),
  },
  {name: 'verify', summary: 'Check cassettes', load: () => import('./commands/verify.js')},
  {
    name: 'doctor',
    summary: 'Tell what is there, what is missing, and how to get it',
    load: () => import('./commands/doctor.js'),
  },
];

/** Runs `retake` with these arguments; resolves to the exit code. */
export async function runProgram(argv: readonly string[], invocation: Invocation): Promise<number> {
  let exitCode: number = exitCodes.success;
  const finish = (code: number) => {
    exitCode = code;
  };
  try {
    const program = await defineProgram(argv, invocation, finish);
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

async function defineProgram(
  argv: readonly string[],
  invocation: Invocation,
  finish: (code: number) => void,
): Promise<Command> {
  const program = new Command('retake')
    .description('Records and replays what an application asks of LLM APIs, with a local Gemma 3 behind it.')
    .version(packageVersion(), '-V, --version', 'Print the version')
    .helpOption('-h, --help', 'Print this help')
    .enablePositionalOptions()
    .addHelpText('after', examples);
  const named = argv.find(argument => commands.some(({name}) => name === argument));
  for (const {name, summary, load} of commands) {
    const command = name === named ? (await load()).define(invocation, finish) : new Command(name);
    program.addCommand(command.summary(summary));
  }
  for (const command of [program, ...program.commands.flatMap(one => [one, ...one.commands])]) {
    command.exitOverride().configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, 'retake: ')),
    });
  }
  return program;
}

const examples = `
Examples:
  $ retake serve                       answer on port 8090, record what is new
  $ retake run -- npm test             run the tests against the cassette
  $ retake ls                          see what was recorded

\`retake COMMAND --help\` explains a command and its options.`;
