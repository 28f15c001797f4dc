import {Command} from 'commander';
import {omitUndefined} from '../../src/chat/omit-undefined.js';
import type {Config} from '../../src/config/load-config.js';
import {RetakeError} from '../../src/errors.js';
import {
  type RerecordProgress,
  type RerecordReport,
  rerecordCassette,
} from '../../src/operations/rerecord-cassette.js';
import {findCassettes} from '../input/cassette-arguments.js';
import {readVerdicts} from '../input/diff-arguments.js';
import type {DefineCommand, Invocation} from '../input/invocation.js';
import {openConfiguredUpstream} from '../input/open-upstream.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {askedAgainJson, askedAgainLines, unansweredCounts} from '../output/asked-again.js';
import {openConsoleLines} from '../output/console-lines.js';
import {countOf} from '../output/count-of.js';
import {exitCodes} from '../output/exit-codes.js';
import {printError} from '../output/print-error.js';
import {printableLine} from '../output/printable.js';
import {followUpstream} from '../output/upstream-progress.js';
import {writeJson} from '../output/write-json.js';
import {exitCodeOf, onEndingSignals} from '../process/ending-signals.js';
import {reportProviderDrift} from './rerecord-drift.js';

const groups = ['Model and upstream', 'Engine tuning'];

export const define: DefineCommand = (invocation, finish) => {
  const command = new Command('rerecord');
  command
    .argument('[cassette...]', 'Cassette files, folders or databases (default: the configured ones)')
    .option('--filter <text|key>', 'Text in the prompt, or first digits of the key')
    .option('--drift', 'Report the changes, and write nothing')
    .option('--fail-on <verdicts>', 'With --drift: verdicts that exit with 1; or all, none', 'all')
    .option('--masked', 'Send redacted or masked requests, too, with their masks')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (paths: readonly string[], flags: RerecordFlags) => {
      const config = configOf(command, invocation);
      finish(await rerecord(await findCassettes(paths, config, invocation), flags, {config, invocation}));
    });
  return addSettingOptions(
    command,
    ({name, group}) => groups.includes(group) || ['cassette', 'quiet'].includes(name),
  );
};

const examples = `
Sends the stored requests to the model. Keeps the old take (recorded answer) if
the new answer is equivalent. Skips and names requests that cannot be sent:
redacted ones, and attachments stored without --media full. After Ctrl-C, the
same command continues where it stopped.

With --drift --upstream provider, asks the real APIs what they answer now, with
the key in RETAKE_OPENAI_API_KEY (or OPENAI_API_KEY) and so on.

Exits with 1 if a request failed, or with --drift if an answer changed.

Examples:
  $ retake rerecord --model gemma3-4b
  $ retake rerecord --filter 'capital of' cassettes/chat.cassette
  $ retake rerecord --drift --upstream http://gpu:8000
  $ retake rerecord --drift --upstream provider --fail-on error,tool-call,shape`;

type RerecordFlags = {
  readonly filter?: string;
  readonly drift?: boolean;
  readonly masked?: boolean;
  readonly failOn: string;
  readonly json?: true;
};

type RerecordedCassette = RerecordReport & {readonly path: string};

/** A cassette does not have every word of the client, so what a provider answers to it does not replace a take. */
function refuseProvider(): never {
  throw new RetakeError('invalid_setting', 'A provider answers only the requests of the program itself', {
    hint: 'Record them again: retake run --mode record --upstream provider -- COMMAND. To compare only, add --drift.',
  });
}

async function rerecord(
  paths: readonly string[],
  {filter, drift = false, masked = false, json, failOn: failingVerdicts}: RerecordFlags,
  {config, invocation}: {readonly config: Config; readonly invocation: Invocation},
): Promise<number> {
  const failOn = readVerdicts(failingVerdicts);
  const isProvider = config.upstream === 'provider';
  if (isProvider && !drift) refuseProvider();
  const lines = await openConsoleLines();
  const ending = new AbortController();
  let endedBy: NodeJS.Signals | undefined;
  const stopListening = onEndingSignals(signal => {
    if (ending.signal.aborted && signal === 'SIGINT') process.exit(exitCodeOf(signal));
    endedBy = signal;
    ending.abort();
  });
  if (isProvider) {
    const {environment} = invocation;
    return reportProviderDrift(
      paths,
      {filter, failOn, isJson: json === true},
      {config, environment, lines, signal: ending.signal},
    )
      .then(code => (endedBy === undefined ? code : exitCodeOf(endedBy)))
      .finally(stopListening);
  }
  const upstream = openConfiguredUpstream(config);
  const cassettes: RerecordedCassette[] = [];
  let stopFollowing: (() => void) | undefined;
  try {
    upstream.start();
    if (!config.quiet) stopFollowing = followUpstream(upstream, lines);
    await upstream.ready(ending.signal);
    stopFollowing?.();
    for (const path of paths) {
      if (ending.signal.aborted) break;
      const report = await rerecordCassette({
        path,
        cacheFolder: config.cacheDir,
        model: upstream.model,
        modelName: upstream.state.name,
        ...omitUndefined({filter}),
        isDrift: drift,
        withPlaceholders: masked,
        rasterizer: {use: config.rasterizer, path: config.searchPath, timeout: config.renderTimeout},
        signal: ending.signal,
        log: notice => lines.print(`retake: ${printableLine(notice)}`),
        onProgress: progress => {
          if (!config.quiet) lines.progress(describeProgressOf(path, progress));
        },
      });
      cassettes.push({path, ...report});
    }
  } catch (error) {
    if (!ending.signal.aborted) throw error;
  } finally {
    stopFollowing?.();
    lines.clearProgress();
    stopListening();
    await upstream.close();
  }
  if (json) writeJson({version: 1, drift, cassettes: cassettes.map(askedAgainJson)});
  else process.stdout.write(cassettes.map(cassette => describe(cassette, drift)).join(''));
  if (endedBy !== undefined) {
    printError(
      new RetakeError('client_closed', 'Stopped before the last request', {hint: resumeHint(drift)}),
    );
    return exitCodeOf(endedBy);
  }
  const isFailed = cassettes.some(
    ({failed, changes}) =>
      failed.length > 0 || (drift && changes.some(({verdict}) => failOn.includes(verdict))),
  );
  return isFailed ? exitCodes.failure : exitCodes.success;
}

function resumeHint(isDrift: boolean): string {
  return isDrift
    ? 'Nothing was written.'
    : 'The finished answers are saved; the same command continues after them.';
}

const barLength = 20;

function describeProgressOf(path: string, {done, total, question}: RerecordProgress): string {
  const filled = Math.round((done / Math.max(1, total)) * barLength);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barLength - filled)}`;
  return printableLine(`${bar} ${done} of ${total}  ${path}  ${question}`);
}

function describe(
  {path, asked, resumed, changes, skipped, failed}: RerecordedCassette,
  isDrift: boolean,
): string {
  const counts = [
    `${countOf(asked, 'interaction')} sent again`,
    `${changes.length} ${isDrift ? 'differ' : 'replaced'}`,
    ...(resumed > 0 ? [`${resumed} sent by an earlier run`] : []),
    ...unansweredCounts({skipped, failed}),
  ];
  const lines = askedAgainLines({changes, skipped, failed});
  return [`${printableLine(path)}: ${counts.join(', ')}`, ...lines, ''].join('\n');
}
