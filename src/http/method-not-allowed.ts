import {RetakeError} from '../errors.js';

/** The refusal of a method at a path of retake's own that has others: https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6 */
export function methodNotAllowed(method: string, path: string, allowed: readonly string[]): RetakeError {
  return new RetakeError(
    'method_not_allowed',
    `Expected ${allowed.join(' or ')} for ${path.slice(0, 200)}, got ${method}`,
    {headers: {allow: allowed.flatMap(one => (one === 'GET' ? ['GET', 'HEAD'] : [one])).join(', ')}},
  );
}
