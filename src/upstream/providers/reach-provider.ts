import {toRetakeError} from '../../errors.js';
import {openDispatcher} from '../openai-compatible/wire/open-dispatcher.js';
import {connectionFailure} from '../openai-compatible/wire/upstream-failure.js';
import {type KnownProvider, providerAddress} from './provider-address.js';

/** Milliseconds. */
const timeout = 5000;

/** Whether a provider answers at all, asked for its models without a key; `problem` says why not. */
export async function reachProvider(
  provider: KnownProvider,
  url: string | undefined,
): Promise<{readonly shown: string; readonly problem?: string}> {
  const address = providerAddress(provider, url);
  const {origin, display} = address.server;
  const dispatcher = openDispatcher(origin, timeout);
  try {
    const {statusCode, body} = await dispatcher.request({
      origin,
      method: 'GET',
      path: address.target(provider.modelList, ''),
      headersTimeout: timeout,
      signal: AbortSignal.timeout(timeout),
    });
    await body.dump();
    return {shown: `${display} answers (HTTP ${statusCode} without a key)`};
  } catch (error) {
    const failure = connectionFailure(error, {address: address.server, phase: 'asking'});
    return {shown: display, problem: toRetakeError(failure).message};
  } finally {
    await dispatcher.destroy();
  }
}
