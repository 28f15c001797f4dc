import {createHash} from 'node:crypto';
import type {JsonObject} from '../../chat/json.js';
import {foldRecorded} from '../../chat/reply.js';
import {canonicalJson} from '../key/key.js';
import type {Take} from '../take.js';

/**
 * Equal for takes with the same answer: content, finish, usage and log probabilities. Chunk boundaries, timing, model and date do not
 * matter.
 */
export function answerDigest({chunks}: Take): string {
  const {answeredBy: _answeredBy, ...answer} = foldRecorded(chunks.map(({chunk}) => chunk));
  return createHash('sha256')
    .update(canonicalJson(answer as JsonObject))
    .digest('hex');
}
