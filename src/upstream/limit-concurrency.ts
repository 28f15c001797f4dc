import {createSlots} from '../async/slots.js';
import {RetakeError} from '../errors.js';

/** For each request that is asked at once, so many may wait. */
const waitingPerSlot = 100;

type Asks<Request, Context, Chunk> = (request: Request, context: Context) => AsyncIterable<Chunk>;

/**
 * The same model, which is asked at most `count` requests at once. The others wait in the order in which they came; those for which there is
 * no place are a 429.
 */
export function limitConcurrency<Request, Context extends {readonly signal: AbortSignal}, Chunk>(
  model: Asks<Request, Context, Chunk>,
  count: number,
): Asks<Request, Context, Chunk> {
  const slots = createSlots(count);
  const mostWaiting = count * waitingPerSlot;
  return async function* (request, context) {
    if (slots.waiting >= mostWaiting) throw busy(count, mostWaiting);
    const release = await slots.take(context.signal);
    try {
      yield* model(request, context);
    } finally {
      release();
    }
  };
}

function busy(count: number, mostWaiting: number): RetakeError {
  return new RetakeError(
    'upstream_busy',
    `The upstream answers ${count} requests at once, and ${mostWaiting} more are waiting for it`,
    {
      hint: 'Send fewer requests at once, or raise the option `upstreamConcurrency`.',
      headers: {'retry-after': '5'},
    },
  );
}
