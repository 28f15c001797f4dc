import {type ErrorCode, errorCatalogue} from '../errors.js';
import {errorReference} from './error-reference.js';

/** The Markdown reference of error codes, for `docs/reference/errors.md`. */
export function errorsPage(): string {
  const codes = (Object.keys(errorCatalogue) as ErrorCode[]).sort();
  return [
    '# Error codes',
    'Every error of retake has a code. Logs, verdicts and the control API have it, and so has the body of a response, where the shape of its API has room: `error.code` (OpenAI), `error.details[0].reason` in capitals (Gemini), `error.details.error_code` (Anthropic). The status below is the usual one; an error of the upstream keeps its own.',
    ...codes.flatMap(code => {
      const {status, retryable} = errorCatalogue[code];
      const {cause, remedy} = errorReference[code];
      const retry = retryable
        ? 'It can go away: SDKs repeat the request.'
        : 'Repeating the request does not help.';
      return [`## ${code}`, `Status ${status}. ${cause}`, `${remedy} ${retry}`];
    }),
    '',
  ].join('\n\n');
}
