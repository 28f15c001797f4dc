import type {DecodedRequest} from '../dialects/dialect.js';

/** What happens to a request that the real API refuses: it is answered with a warning, refused in the API's words, or answered. */
export type StrictApi = 'warn' | 'error' | 'off';

/**
 * The warnings of a request, with one for each thing that the real API refuses about it.
 * @throws RetakeError `invalid_request` in the API's words for the first of them, with `error`
 */
export function judgeRequest(
  {warnings = [], refusals = []}: Pick<DecodedRequest, 'warnings' | 'refusals'>,
  {strictApi, onRefusedByApi}: {strictApi: StrictApi; onRefusedByApi: (message: string) => void},
): readonly string[] {
  const [first] = refusals;
  if (first === undefined || strictApi === 'off') return warnings;
  if (strictApi === 'error') throw first;
  for (const {message} of refusals) onRefusedByApi(message);
  return [...warnings, ...refusals.map(({message}) => `The real API refuses this request: ${message}`)];
}
