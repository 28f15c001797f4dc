import {isJsonObject, type JsonValue, stringifyJson} from '../../chat/json.js';
import {RetakeError} from '../../errors.js';

const shownLength = 400;

/** The error for an answer, or a part of one, that is not understood. It shows it, shortened. */
export function notUnderstood(problem: string, value: JsonValue): RetakeError {
  const text = typeof value === 'string' ? value : stringifyJson(value);
  const shown = text.length <= shownLength ? text : `${text.slice(0, shownLength)}…`;
  return new RetakeError(
    'upstream_failed',
    `The provider's answer is not understood, because ${problem}: ${shown.toWellFormed()}`,
  );
}

/** The error for an answer that ended before it was complete. */
export function incompleteAnswer(missing: string): RetakeError {
  return new RetakeError(
    'upstream_failed',
    `The provider's answer ended without ${missing}: it is not complete`,
  );
}

/** The error for a failure that the provider reports within its answer: an object with a `message`, or anything else. */
export function reportedFailure(error: JsonValue): RetakeError {
  const message = isJsonObject(error) ? error['message'] : error;
  const words = typeof message === 'string' ? message : stringifyJson(error);
  const shown = words.length <= shownLength ? words : `${words.slice(0, shownLength)}…`;
  return new RetakeError('upstream_failed', `The provider failed while answering: ${shown.toWellFormed()}`);
}
