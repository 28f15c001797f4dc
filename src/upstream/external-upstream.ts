import {RetakeError} from '../errors.js';
import type {HttpModelOptions} from './http-model.js';
import type {Upstream} from './upstream.js';

/**
 * An OpenAI-compatible server that somebody else runs.
 * @throws RetakeError `invalid_setting` when the address or the credential cannot be used.
 */
export function externalUpstream(_options: HttpModelOptions): Upstream {
  throw new RetakeError('internal', 'Not built yet');
}
