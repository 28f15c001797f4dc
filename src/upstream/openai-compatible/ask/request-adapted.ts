import type {CallContext} from '../../../chat/model.js';
import {requestEvents, type UpstreamRequest} from '../wire/request.js';
import {type Changes, change} from './adaptations.js';
import type {Server} from './server.js';

/**
 * Requests an event stream. If the server refuses an optional field, or the name of one, it gets the request again without it or with the
 * other name, and so on if it names one field after another; that is remembered for the model, and the client is warned.
 * @throws RetakeError as `requestEvents`
 */
export async function* requestAdapted(
  {connection, adaptations}: Server,
  request: UpstreamRequest,
  warn: CallContext['warn'] = () => {},
): AsyncGenerator<readonly string[]> {
  const first = adaptations.apply(request.body);
  let {body, warnings} = first;
  let made: Changes = new Map();
  for (;;) {
    let hasStarted = false;
    try {
      for await (const batch of requestEvents(connection, {...request, body})) {
        if (!hasStarted) {
          if (made.size > 0) adaptations.remember(first.body, made);
          warnings.forEach(warn);
        }
        hasStarted = true;
        yield batch;
      }
      return;
    } catch (error) {
      const changes = hasStarted ? undefined : adaptations.changesFor(error, body);
      // A server that takes neither of two names gets no third try, and every other field is left out once.
      const names = new Set(made.values());
      if (!changes || [...changes.keys()].some(name => names.has(name))) throw error;
      const next = change(body, changes);
      body = next.body;
      warnings = [...warnings, ...next.warnings];
      made = new Map([...made, ...changes]);
    }
  }
}
