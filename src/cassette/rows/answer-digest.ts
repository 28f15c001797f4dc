import {createHash} from 'node:crypto';
import {withoutParts} from '../../chat/answer-parts.js';
import type {JsonObject} from '../../chat/json.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import {foldRecorded} from '../../chat/reply.js';
import {wireBody} from '../../chat/wire.js';
import {canonicalJson} from '../key/key.js';
import type {Take} from '../take.js';

/**
 * Equal for takes with the same answer: content, finish, usage and log probabilities. Chunk boundaries, timing, model and date do not
 * matter. The bytes of a provider do.
 */
export function answerDigest({chunks, wire, error}: Take): string {
  const {answeredBy: _answeredBy, ...answer} = withoutParts(foldRecorded(chunks.map(({chunk}) => chunk)));
  const digest = createHash('sha256').update(canonicalJson(answer as unknown as JsonObject));
  if (wire) {
    const {dialect, endpoint, delivery, status, headers} = wire;
    digest
      .update(`\n${canonicalJson({dialect, endpoint, delivery, status, headers})}\n`)
      .update(wireBody(wire));
  }
  if (error) {
    // When to ask again, and what is left of a limit, are of the moment.
    const {headers: _headers, ...said} = error;
    digest.update(`\n${canonicalJson(omitUndefined(said))}\n`);
  }
  return digest.digest('hex');
}
