import {createHash} from 'node:crypto';
import type {JsonObject} from '../../chat/json.js';
import {foldRecorded} from '../../chat/reply.js';
import {wireBody} from '../../chat/wire.js';
import {canonicalJson} from '../key/key.js';
import type {Take} from '../take.js';

/**
 * Equal for takes with the same answer: content, finish, usage and log probabilities. Chunk boundaries, timing, model and date do not
 * matter. The bytes of a provider do.
 */
export function answerDigest({chunks, wire}: Take): string {
  const {answeredBy: _answeredBy, ...answer} = foldRecorded(chunks.map(({chunk}) => chunk));
  const digest = createHash('sha256').update(canonicalJson(answer as JsonObject));
  if (wire) {
    const {dialect, endpoint, delivery, status, headers} = wire;
    digest
      .update(`\n${canonicalJson({dialect, endpoint, delivery, status, headers})}\n`)
      .update(wireBody(wire));
  }
  return digest.digest('hex');
}
