import type {AnswerIdentity} from '../dialect.js';

/** The id of a call: the same whenever the take is played. */
export function callId({id}: AnswerIdentity, candidate: number, call: number): string {
  return `call_${id}_${candidate}_${call}`;
}
