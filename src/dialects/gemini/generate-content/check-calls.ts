import {RetakeError} from '../../../errors.js';
import type {Content} from './schema.js';

/**
 * Refuses a conversation in which the turn after a model's calls has fewer results than there were calls. SDKs send each piece of a
 * streamed turn as a turn of its own, so turns of one side count as one.
 * @throws RetakeError `invalid_request` in the words of the API
 */
export function checkCallsAreAnswered(contents: readonly Content[]): void {
  let calls = 0;
  let results = 0;
  const refuseMissing = () => {
    if (results >= calls) return;
    throw new RetakeError(
      'invalid_request',
      'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
    );
  };
  let isAnswering = false;
  for (const {role, parts = []} of contents) {
    const isModel = role === 'model';
    if (isModel && isAnswering) {
      refuseMissing();
      [calls, results] = [0, 0];
    }
    isAnswering = !isModel;
    if (isModel) calls += parts.filter(part => part.functionCall !== undefined).length;
    else results += parts.filter(part => part.functionResponse !== undefined).length;
  }
  if (isAnswering) refuseMissing();
}
