import {Command, Option} from 'commander';
import {modes} from '../../src/cassette/modes.js';
import {omitUndefined} from '../../src/chat/omit-undefined.js';
import {type Config, githubActions} from '../../src/config/load-config.js';
import {RetakeError} from '../../src/errors.js';
import {removeUnused} from '../../src/operations/remove-unused.js';
import {createProxy} from '../../src/proxy/create-proxy.js';
import type {Verdict} from '../../src/proxy/verdict.js';
import {clientEnvironment} from '../input/client-environment.js';
import {findFilter} from '../input/find-filter.js';
import type {DefineCommand, Invocation} from '../input/invocation.js';
import {openUpstreamIfNeeded, proxyOptions} from '../input/proxy-options.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {plainLines} from '../output/console-lines.js';
import {exitCodes} from '../output/exit-codes.js';
import {annotate} from '../output/github-annotations.js';
import {saveLastMiss} from '../output/last-miss.js';
import {printError} from '../output/print-error.js';
import {printableLine} from '../output/printable.js';
import {makeRunReport, writeRunReport} from '../output/run-report.js';
import {followUpstream} from '../output/upstream-progress.js';
import {describeVerdict} from '../output/verdict-text.js';
import {type ChildExit, runChild} from '../process/run-child.js';
import {startOnDemand} from '../process/start-on-demand.js';

export const define: DefineCommand = (invocation, finish) => {
  const command = new Command('run');
  command
    .usage('[options] -- <command> [arguments...]')
    .argument('<command...>', 'The command and its arguments')
    .option('--report <file>', 'Write the verdict to this file as JSON')
    .option('--update', 'Record what is missing; after a whole, successful run remove unused takes')
    .addOption(
      new Option('--unused <level>', 'Unused takes: warn, or fail with 3')
        .choices(['warn', 'fail'])
        .default('warn')
        .conflicts('update'),
    )
    .option('--fail-on-repeat', 'Fail with 3 if a request was sent more often than recorded')
    .option('--discard-on-failure', 'Store no recordings of a command that fails')
    .passThroughOptions()
    .addHelpText('after', explanation)
    .action(async (words: readonly [string, ...string[]]) => {
      const flags = command.opts<RunFlags>();
      finish(await run(words, {config: configOf(command, invocation), invocation, flags}));
    });
  return addSettingOptions(command, ({name}) => !['host', 'port', 'log'].includes(name));
};

const explanation = `
Starts retake on a free port, and points the SDKs of the command at it with
environment variables (OPENAI_BASE_URL, ANTHROPIC_BASE_URL and others) and
placeholder API keys. Prints the verdict to stderr.

Exits with the code of the command (128 + n after signal n, 127 if it does not
exist), or with 3 if the command succeeded but a request had no recording, or
an answer was not recorded because its client left. A failed run, or one of a
part of the tests, only records with --update.

Examples:
  $ retake run -- npm test
  $ retake run --update -- npm test
  $ retake run --mode replay --report verdict.json -- pytest
  $ retake run --mode record --model gemma3-4b -- node examples/chat.js`;

type RunOptions = {
  readonly config: Config;
  readonly invocation: Invocation;
  readonly flags: RunFlags;
};

type RunFlags = {
  readonly report?: string;
  readonly update?: true;
  readonly unused: 'warn' | 'fail';
  readonly failOnRepeat?: true;
  readonly discardOnFailure?: true;
};

async function run(
  words: readonly [string, ...string[]],
  {config, invocation, flags}: RunOptions,
): Promise<number> {
  const {environment, directory} = invocation;
  const {report, failOnRepeat = false, discardOnFailure = false} = flags;
  if (flags.update) refuseUpdate(config);
  const {exit, verdict} = await runAgainstProxy(words, {config, invocation, discardOnFailure});
  if (exit.problem !== undefined) {
    printError(exit.problem);
    return exit.code;
  }
  const doesNotFit =
    verdict.missed > 0 ||
    verdict.givenUp > 0 ||
    (failOnRepeat && verdict.repeated.length > 0) ||
    (flags.unused === 'fail' && verdict.unused.length > 0);
  const exitCode = exit.code === exitCodes.success && doesNotFit ? exitCodes.miss : exit.code;
  const update =
    flags.update &&
    (await removeUnused({
      cassette: config.cassette,
      verdict,
      exitCode,
      filter: findFilter(words, directory),
      log: message => process.stderr.write(`retake: ${printableLine(message)}\n`),
    }));
  const runReport = makeRunReport({command: words, config, exit, exitCode, verdict, update});
  if (!config.quiet || doesNotFit) {
    process.stderr.write(describeVerdict(runReport, {failsOnRepeat: failOnRepeat}));
  }
  const actions = githubActions(environment);
  if (actions) annotate(runReport, actions);
  if (report !== undefined) await writeRunReport(runReport, report, directory);
  return exitCode;
}

/** @throws RetakeError `invalid_setting` in a mode that records nothing */
function refuseUpdate({mode}: Config): void {
  if (modes[mode].onMiss === 'record') return;
  throw new RetakeError('invalid_setting', `--update records what is missing, and the mode is ${mode}`, {
    hint: 'Add --mode auto. In CI, the default mode is replay.',
  });
}

async function runAgainstProxy(
  words: readonly [string, ...string[]],
  {
    config,
    invocation: {environment, directory},
    discardOnFailure,
  }: Pick<RunOptions, 'config' | 'invocation'> & {readonly discardOnFailure: boolean},
): Promise<{exit: ChildExit; verdict: Verdict}> {
  const lines = plainLines();
  const opened = await openUpstreamIfNeeded(config);
  const upstream = opened && startOnDemand(opened);
  const proxy = await createProxy({
    ...proxyOptions(config),
    ...omitUndefined({upstream}),
    holdRecordings: discardOnFailure,
    onMiss: saveLastMiss({...config, directory}, config.cassette),
    onNotice: notice => lines.print(`retake: ${printableLine(notice)}`),
  });
  let discard = false;
  try {
    const address = await proxy.listen({port: 0});
    const stopFollowing = upstream && !config.quiet ? followUpstream(upstream, lines) : undefined;
    const exit = await runChild(words, clientEnvironment(address, environment));
    stopFollowing?.();
    discard = discardOnFailure && exit.code !== exitCodes.success;
    // Nothing is waited for after a command that was interrupted, or whose recordings are discarded.
    const finishTimeout = exit.signal === undefined && !discard ? config.finishTimeout : 0;
    const verdict = await proxy.verdict({finishTimeout});
    if (discard && verdict.recorded > 0) {
      lines.print(
        'retake: the recordings of this run were discarded, because the command failed (--discard-on-failure)',
      );
    }
    return {exit, verdict};
  } finally {
    await proxy.close({finishTimeout: 0, discard});
  }
}
