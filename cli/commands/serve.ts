import {once} from 'node:events';
import {Command} from 'commander';
import type {Config} from '../../src/config/load-config.js';
import {optionsAsFlags} from '../../src/config/option-flags.js';
import {RetakeError} from '../../src/errors.js';
import {createProxy} from '../../src/proxy/create-proxy.js';
import type {Upstream} from '../../src/upstream/upstream.js';
import type {DefineCommand, Invocation} from '../input/invocation.js';
import {openUpstreamIfNeeded, proxyOptions} from '../input/proxy-options.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {describeService} from '../output/banner.js';
import {type ConsoleLines, openConsoleLines} from '../output/console-lines.js';
import {exchangeLog} from '../output/exchange-log.js';
import {gatherLines} from '../output/gather-lines.js';
import {keepLastMiss} from '../output/last-miss.js';
import {printableLine} from '../output/printable.js';
import {followUpstream} from '../output/upstream-progress.js';
import {exitCodeOf, onEndingSignals} from '../process/ending-signals.js';

export const define: DefineCommand = invocation => {
  const command = new Command('serve');
  return addSettingOptions(command)
    .description('Answers the Gemini, OpenAI and Anthropic APIs on a port until Ctrl-C or SIGTERM ends it.')
    .addHelpText('after', examples)
    .action(() => serve(configOf(command, invocation), invocation));
};

const examples = `
Examples:
  $ retake serve --model gemma3-270m                   record what is new with the small model
  $ retake serve --mode replay --cassette demo.cassette  answer from one cassette, without a model
  $ retake serve --upstream http://gpu:8000            ask another OpenAI-compatible server

Ends with 0 when it was asked to end, with 1 when it could not serve.`;

async function serve(config: Config, {directory}: Invocation): Promise<void> {
  const lines = await openConsoleLines();
  const log = exchangeLog(config.log, gatherLines(lines));
  const upstream = await openUpstreamIfNeeded(config);
  const proxy = await createProxy({
    ...proxyOptions(config),
    ...(upstream && {upstream}),
    ...(log && {onExchange: log}),
    onMiss: keepLastMiss(config),
    onNotice: notice => lines.print(`retake: ${printableLine(notice)}`),
  });
  const {ending, stopListening} = endOnSignal();
  let stopFollowing: (() => void) | undefined;
  try {
    const address = await proxy.listen({host: config.host, port: config.port});
    if (!config.quiet) process.stdout.write(describeService(address, proxy.status, directory));
    if (upstream && !config.quiet) stopFollowing = followUpstream(upstream, lines);
    await Promise.race([aborted(ending), ...(upstream ? [failureOf(upstream, lines, ending)] : [])]);
  } finally {
    stopFollowing?.();
    await proxy.close();
    stopListening();
  }
}

/** Rejects when the upstream can never answer. A server of somebody else may still come up: that is told, and no reason to end. */
async function failureOf(upstream: Upstream, lines: ConsoleLines, ending: AbortSignal): Promise<never> {
  try {
    await upstream.ready();
  } catch (error) {
    if (!(error instanceof RetakeError && error.code === 'upstream_unavailable')) throw error;
    if (!ending.aborted) {
      lines.print(
        `retake: ${printableLine(optionsAsFlags(error.message))}; recorded questions are answered meanwhile`,
      );
    }
  }
  return new Promise<never>(() => {});
}

/** A signal that is aborted when the process is asked to end; from then on a further Ctrl-C ends it at once. */
function endOnSignal(): {readonly ending: AbortSignal; stopListening(): void} {
  const controller = new AbortController();
  const stopListening = onEndingSignals(name => {
    if (controller.signal.aborted && name === 'SIGINT') process.exit(exitCodeOf(name));
    controller.abort();
  });
  return {ending: controller.signal, stopListening};
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
