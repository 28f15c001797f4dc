import {Command, Option} from 'commander';
import {cassetteFilesAt} from '../../src/cassette/file/cassette-files-at.js';
import {countInteractions} from '../../src/cassette/file/count-interactions.js';
import {modes} from '../../src/cassette/modes.js';
import {isStoreAddress} from '../../src/cassette/postgres/store-address.js';
import {cassettesOfStore} from '../../src/cassette/stores/open-cassettes.js';
import {omitUndefined} from '../../src/chat/omit-undefined.js';
import {type Config, githubActions} from '../../src/config/load-config.js';
import {RetakeError} from '../../src/errors.js';
import {removeUnused} from '../../src/operations/remove-unused.js';
import {createProxy} from '../../src/proxy/create-proxy.js';
import type {Verdict} from '../../src/proxy/verdict.js';
import type {Upstream} from '../../src/upstream/upstream.js';
import {chooseModel, describeDefaultModel, isModelUnchosen} from '../input/choose-model.js';
import {clientEnvironment, findKeys, withoutOwnKeys} from '../input/client-environment.js';
import {findFilter} from '../input/find-filter.js';
import type {DefineCommand, Invocation} from '../input/invocation.js';
import {inspectorOptions, openUpstreamIfNeeded, proxyOptions} from '../input/proxy-options.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {describeApiRefusal} from '../output/api-refusal.js';
import {plainLines} from '../output/console-lines.js';
import {exitCodes} from '../output/exit-codes.js';
import {annotate, annotateApiRefusal} from '../output/github-annotations.js';
import {saveLastMiss} from '../output/last-miss.js';
import {lastRunWasIncomplete, saveRunOutcome} from '../output/last-run.js';
import {printError} from '../output/print-error.js';
import {printableLine} from '../output/printable.js';
import {makeRunReport, writeRunReport} from '../output/run-report.js';
import {followUpstream} from '../output/upstream-progress.js';
import {countRequests, describeVariables, describeVerdict} from '../output/verdict-text.js';
import {type EndingSignal, exitCodeOf, onEndingSignals} from '../process/ending-signals.js';
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
    .option('--require-questions', 'Fail with 3 if the command sends no request to retake')
    .option('--discard-on-failure', 'Store no recordings of a command that fails')
    .option('--wait', 'Wait for the model before the command starts, even if recordings may suffice')
    .option('--no-wait', 'Start the command at once, and the model with the first request that needs it')
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
placeholder API keys; with --upstream provider, your own keys stay. Prints the
verdict to stderr.

Waits until the model can answer before it starts the command, if the model
will be needed: the mode always asks it, the cassette has no recordings, or the
last run of the command had requests without one.

Exits with the code of the command (128 + n after signal n, 127 if it does not
exist), or with 3 if the command succeeded but a request had no recording, or
an answer was not recorded because its client left, or if it sent no request
and --require-questions is given. A failed run, or one of a part of the tests,
only records with --update.

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
  readonly requireQuestions?: true;
  readonly discardOnFailure?: true;
  /** Whether to wait for the model before the command starts; absent to decide by mode, cassette and last run. */
  readonly wait?: boolean;
};

async function run(
  words: readonly [string, ...string[]],
  {config: given, invocation, flags}: RunOptions,
): Promise<number> {
  const isNew = modes[given.mode].onMiss !== 'fail' && (await isEmpty(given.cassette));
  const config = isNew ? await withModel(given) : given;
  const {environment, directory} = invocation;
  const {report, wait, failOnRepeat = false, requireQuestions = false, discardOnFailure = false} = flags;
  if (flags.update) refuseUpdate(config);
  if (config.upstream === 'provider') await checkKeys(config, environment);
  const thisRun = {project: {...config, directory}, cassette: config.cassette, command: words};
  const waits = wait ?? (isNew || willNeedModel(config, thisRun));
  const proxied = await runAgainstProxy(words, {config, invocation, waits, discardOnFailure});
  const {exit, verdict, variables = {}} = proxied;
  if (verdict === undefined) return exit.code;
  if (exit.problem !== undefined) {
    printError(exit.problem);
    return exit.code;
  }
  await saveRunOutcome(thisRun, verdict);
  const askedNothing = countRequests(verdict) === 0;
  const doesNotFit =
    verdict.missed > 0 ||
    verdict.givenUp > 0 ||
    verdict.notSent > 0 ||
    (askedNothing && requireQuestions) ||
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
    if (askedNothing) process.stderr.write(describeVariables(variables));
  }
  const actions = githubActions(environment);
  if (actions) annotate(runReport, actions);
  if (report !== undefined) await writeRunReport(runReport, report, directory);
  return exitCode;
}

/**
 * Checks before the command starts that there is a key for the providers.
 * @throws RetakeError `invalid_setting` if there are no recordings to replay either
 */
async function checkKeys({mode, cassette}: Config, environment: Invocation['environment']): Promise<void> {
  const {looksUp, onMiss} = modes[mode];
  const {names, isAnySet} = findKeys(environment);
  if (onMiss === 'fail' || isAnySet) return;
  const message = `The providers need an API key, and none is set: ${names.join(', ')}`;
  if (looksUp && !(await isEmpty(cassette))) {
    process.stderr.write(`retake: ${message}. Only what is recorded can be answered.\n`);
    return;
  }
  throw new RetakeError('invalid_setting', message, {
    hint: 'Set the variable of the API that the command uses, or the same with RETAKE_ in front to keep the key from the command.',
  });
}

/** @throws RetakeError `invalid_setting` in a mode that records nothing */
function refuseUpdate({mode}: Config): void {
  if (modes[mode].onMiss === 'record') return;
  throw new RetakeError('invalid_setting', `--update records what is missing, and the mode is ${mode}`, {
    hint: 'Add --mode auto. In CI, the default mode is replay.',
  });
}

/** Before the first recording, asks for the model on a terminal. Otherwise prints which model is the default. */
async function withModel(config: Config): Promise<Config> {
  if (!isModelUnchosen(config)) return config;
  if (process.stdin.isTTY && process.stderr.isTTY) return chooseModel(config);
  if (!config.quiet) process.stderr.write(describeDefaultModel());
  return config;
}

/** Whether a cassette with recordings will need the model, as far as that is known before the command runs. */
function willNeedModel({mode}: Config, run: Parameters<typeof lastRunWasIncomplete>[0]): boolean {
  const {looksUp, onMiss} = modes[mode];
  if (onMiss === 'fail') return false;
  return !looksUp || lastRunWasIncomplete(run);
}

/** Whether there are no recordings yet: in files, or in a database. */
async function isEmpty(cassette: string): Promise<boolean> {
  if (isStoreAddress(cassette)) return (await cassettesOfStore(cassette)).length === 0;
  return !(cassetteFilesAt(cassette) ?? []).some(file => countInteractions(file) > 0);
}

type ProxiedRun = {
  readonly exit: ChildExit;
  /** Absent if a signal came before the command was started. */
  readonly verdict?: Verdict;
  readonly variables?: Readonly<Record<string, string>>;
};

async function runAgainstProxy(
  words: readonly [string, ...string[]],
  options: {config: Config; invocation: Invocation; waits: boolean; discardOnFailure: boolean},
): Promise<ProxiedRun> {
  const {config, waits, discardOnFailure} = options;
  const {environment, directory} = options.invocation;
  const lines = plainLines();
  const opened = await openUpstreamIfNeeded(config);
  const upstream = opened && startOnDemand(opened);
  const proxy = await createProxy({
    ...proxyOptions(config),
    inspector: inspectorOptions(config, directory),
    ...omitUndefined({upstream}),
    holdRecordings: discardOnFailure,
    onMiss: saveLastMiss({...config, directory}, config.cassette),
    onRefusedByApi: message => {
      if (githubActions(environment)) annotateApiRefusal(message);
      else lines.print(printableLine(describeApiRefusal(message)));
    },
    onNotice: notice => lines.print(`retake: ${printableLine(notice)}`),
  });
  let discard = false;
  let stopFollowing: (() => void) | undefined;
  try {
    const address = await proxy.listen({port: 0});
    if (upstream && !config.quiet) stopFollowing = followUpstream(upstream, lines);
    const interrupted = waits && upstream ? await untilReady(upstream) : undefined;
    if (interrupted) return {exit: interrupted};
    const variables = clientEnvironment(address, environment, {keepsKeys: config.upstream === 'provider'});
    const exit = await runChild(words, {...variables, ...withoutOwnKeys});
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
    return {exit, verdict, variables};
  } finally {
    stopFollowing?.();
    await proxy.close({finishTimeout: 0, discard});
  }
}

/**
 * Waits until the upstream can answer. Returns an exit if a signal came first.
 * @throws RetakeError of `Upstream.ready`
 */
async function untilReady(upstream: Upstream): Promise<ChildExit | undefined> {
  const controller = new AbortController();
  let received: EndingSignal | undefined;
  const stopListening = onEndingSignals(signal => {
    received ??= signal;
    controller.abort();
  });
  try {
    await upstream.ready(controller.signal);
    return undefined;
  } catch (error) {
    if (received === undefined) throw error;
    return {code: exitCodeOf(received), signal: received, problem: undefined};
  } finally {
    stopListening();
  }
}
