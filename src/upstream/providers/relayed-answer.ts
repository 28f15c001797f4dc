import type {ClientRequest, StreamedChunk} from '../../chat/wire.js';
import {RetakeError} from '../../errors.js';
import type {ProviderAddress} from './provider-address.js';

/** The provider that answers, and the request that it answers. */
export type Asked = {readonly provider: AnsweringProvider; readonly client: ClientRequest};

export type AnsweringProvider = {readonly address: ProviderAddress};

/** The beginning of an answer whose bytes say nothing of its model. */
export function startOf({address}: AnsweringProvider): StreamedChunk {
  return {type: 'reply-start', answeredBy: {model: new URL(address.server.origin).host}};
}

/** The end of what is no answer, or not all of one: the client has it, and it is not recorded. */
export async function* fail(reason: RetakeError): AsyncGenerator<StreamedChunk, never> {
  yield {type: 'wire-verdict', verdict: 'failed', reason};
  throw reason;
}

export function notJson({address}: AnsweringProvider): RetakeError {
  return new RetakeError(
    'upstream_failed',
    `Expected JSON from the provider at ${address.server.display}, got something else: it was passed on, and not recorded`,
  );
}

export function reportedError({address}: AnsweringProvider): RetakeError {
  return new RetakeError(
    'upstream_failed',
    `The provider at ${address.server.display} reported an error in its answer: it was passed on, and not recorded`,
  );
}

export function wasCut({address}: AnsweringProvider): RetakeError {
  return new RetakeError(
    'upstream_failed',
    `The provider at ${address.server.display} ended its answer before the last event: it was passed on, and not recorded`,
  );
}
