import {once} from 'node:events';
import {Command} from 'commander';
import {omitUndefined} from '../../src/chat/omit-undefined.js';
import type {Config} from '../../src/config/load-config.js';
import {optionsAsFlags} from '../../src/config/option-flags.js';
import {RetakeError} from '../../src/errors.js';
import {createProxy} from '../../src/proxy/create-proxy.js';
import type {Upstream} from '../../src/upstream/upstream.js';
import type {DefineCommand, Invocation} from '../input/invocation.js';
import {inspectorOptions, openUpstreamIfNeeded, proxyOptions} from '../input/proxy-options.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {describeApiRefusal} from '../output/api-refusal.js';
import {describeService} from '../output/banner.js';
import {batchLines} from '../output/batch-lines.js';
import {type ConsoleLines, openConsoleLines} from '../output/console-lines.js';
import {exchangeLog} from '../output/exchange-log.js';
import {jsonLines, listeningLine} from '../output/json-lines.js';
import {saveLastMiss} from '../output/last-miss.js';
import {printableLine} from '../output/printable.js';
import {followUpstream} from '../output/upstream-progress.js';
import {exitCodeOf, onEndingSignals} from '../process/ending-signals.js';

export const define: DefineCommand = invocation => {
  const command = new Command('serve');
  command
    .option('--open', 'Open the inspector in the browser')
    .option('--stop-on-stdin-end', 'Stop when standard input ends, as with the program that writes to it')
    .addHelpText('after', examples)
    .action(() => serve(configOf(command, invocation), invocation, command.opts<ServeFlags>()));
  return addSettingOptions(command);
};

const examples = `
Serves until Ctrl-C or SIGTERM, or with --stop-on-stdin-end until standard input
ends.

Exits with 0 after a signal, with 1 if it cannot serve.

Examples:
  $ retake serve --model gemma3-270m    record new requests with a small model
  $ retake serve --mode replay          replay only, without a model
  $ retake serve --open                 watch the requests in the browser
  $ retake serve --upstream http://gpu:8000`;

type ServeFlags = {readonly open?: boolean; readonly stopOnStdinEnd?: boolean};

async function serve(
  config: Config,
  {directory, environment}: Invocation,
  {open = false, stopOnStdinEnd = false}: ServeFlags,
): Promise<void> {
  const console = await openConsoleLines();
  const isJson = config.log === 'json';
  const lines = isJson ? jsonLines(console) : console;
  const log = exchangeLog(config.log, batchLines(console));
  const upstream = await openUpstreamIfNeeded(config);
  const proxy = await createProxy({
    ...proxyOptions(config),
    inspector: inspectorOptions(config, directory),
    sharedSessions: true,
    yieldSlots: true,
    ...omitUndefined({upstream, onExchange: log}),
    onMiss: saveLastMiss({...config, directory}, config.cassette),
    onRefusedByApi: message => lines.print(printableLine(describeApiRefusal(message))),
    onNotice: notice => lines.print(`retake: ${printableLine(notice)}`),
  });
  const {ending, stopListening} = endOnSignal(stopOnStdinEnd);
  let stopFollowing: (() => void) | undefined;
  try {
    const address = await proxy.listen({host: config.host, port: config.port});
    if (!config.quiet) {
      const {status} = proxy;
      const banner = isJson
        ? `${listeningLine(address, status)}\n`
        : describeService(address, status, directory);
      process.stdout.write(banner);
    }
    if (open) {
      const {browserAddress, openBrowser} = await import('../output/open-browser.js');
      const page = browserAddress(address);
      const isTerminal = process.stdout.isTTY === true;
      const obstacle = await openBrowser(page, {environment, isTerminal});
      if (obstacle !== undefined) {
        lines.print(`retake: ${page} was not opened ${printableLine(obstacle)}`);
      }
    }
    if (upstream && !config.quiet) stopFollowing = followUpstream(upstream, lines);
    await Promise.race([aborted(ending), ...(upstream ? [failureOf(upstream, lines, ending)] : [])]);
  } finally {
    stopFollowing?.();
    // A stopped server does not wait for answers that no client waits for.
    await proxy.close({finishTimeout: 0});
    stopListening();
  }
}

/** Rejects if the upstream cannot start. An external server may come up later, so its failure is only printed. */
async function failureOf(upstream: Upstream, lines: ConsoleLines, ending: AbortSignal): Promise<never> {
  try {
    await upstream.ready();
  } catch (error) {
    if (!(error instanceof RetakeError && error.code === 'upstream_unavailable')) throw error;
    if (!ending.aborted) {
      lines.print(
        `retake: ${printableLine(optionsAsFlags(error.message))}; replaying recorded answers meanwhile`,
      );
    }
  }
  return new Promise<never>(() => {});
}

/**
 * A signal that is aborted by Ctrl-C or SIGTERM, or when the parent process has ended, or with standard input; a second Ctrl-C exits at
 * once.
 */
function endOnSignal(stopOnStdinEnd: boolean): {readonly ending: AbortSignal; stopListening(): void} {
  const controller = new AbortController();
  const stopListening = onEndingSignals(name => {
    if (controller.signal.aborted && name === 'SIGINT') process.exit(exitCodeOf(name));
    controller.abort();
  });
  // A program that started retake with an IPC channel wants it to end when the program does.
  const abort = () => controller.abort();
  process.once('disconnect', abort);
  if (stopOnStdinEnd) process.stdin.once('close', abort).once('error', abort).resume();
  return {
    ending: controller.signal,
    stopListening() {
      process.off('disconnect', abort);
      if (stopOnStdinEnd) process.stdin.destroy();
      stopListening();
    },
  };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
