import type {CallContext} from '../../../chat/model.js';
import {requestEvents, type UpstreamRequest} from '../wire/request.js';
import {change} from './adaptations.js';
import type {Server} from './server.js';

/**
 * Requests an event stream. If the server refuses an optional field, or the name of one, it gets a second request without it or with the
 * other name; that is remembered for the model, and the client is warned.
 * @throws RetakeError as `requestEvents`
 */
export async function* requestAdapted(
  {connection, adaptations}: Server,
  request: UpstreamRequest,
  warn: CallContext['warn'] = () => {},
): AsyncGenerator<string> {
  const first = adaptations.apply(request.body);
  let hasStarted = false;
  try {
    for await (const data of requestEvents(connection, {...request, body: first.body})) {
      if (!hasStarted) first.warnings.forEach(warn);
      hasStarted = true;
      yield data;
    }
    return;
  } catch (error) {
    const changes = hasStarted ? undefined : adaptations.changesFor(error, first.body);
    if (!changes) throw error;
    const second = change(first.body, changes);
    let isAccepted = false;
    for await (const data of requestEvents(connection, {...request, body: second.body})) {
      if (!isAccepted) {
        adaptations.remember(first.body, changes);
        [...first.warnings, ...second.warnings].forEach(warn);
      }
      isAccepted = true;
      yield data;
    }
  }
}
