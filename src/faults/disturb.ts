import {setTimeout as sleep} from 'node:timers/promises';
import {RetakeError} from '../errors.js';
import type {Break, Delay} from './fault.js';

/** Thrown where the connection breaks: nothing is sent after it. */
export class ConnectionCut extends RetakeError {}

/** What a fault does to an answer on its way to the client. */
export type Disturbance = {
  /** The events of a stream. May throw: a ConnectionCut, or the error that the client gets as the next event. */
  events(events: AsyncIterable<string>): AsyncIterable<string>;
  /** The body of a unary answer, as much of it as is sent; whether the connection breaks after it. */
  body(body: string): Promise<{readonly body: string; readonly isCut: boolean}>;
};

/** Late events, as if the model were slow. */
export function slowDown({first, between}: Delay, signal: AbortSignal): Disturbance {
  return {
    async *events(events) {
      let wait = first;
      for await (const event of events) {
        await sleep(wait, undefined, {signal});
        wait = between;
        yield event;
      }
    },
    async body(body) {
      await sleep(first, undefined, {signal});
      return {body, isCut: false};
    },
  };
}

/** The first events and a broken connection, or half an event. The last event never comes: the answer is not complete. */
export function breakOff({name, events: count}: Break): Disturbance {
  const isCut = name === 'cut';
  return {
    async *events(events) {
      for await (const {event, index, isLast} of withPlaces(events)) {
        if (index < count && !isLast) {
          yield event;
          continue;
        }
        if (isCut) throw connectionCut(index);
        yield halfEvent(event);
        return;
      }
    },
    body: async body => ({body: half(body), isCut}),
  };
}

/** An error after the first events of a stream. */
export function failAfter(count: number, error: RetakeError): Disturbance {
  return {
    async *events(events) {
      for await (const {event, index, isLast} of withPlaces(events)) {
        if (index >= count || isLast) throw error;
        yield event;
      }
    },
    body: () => Promise.reject(error),
  };
}

export function connectionCut(events?: number): ConnectionCut {
  const after = events === undefined ? 'within the body' : `after ${events} events`;
  return new ConnectionCut('fault', `The connection was cut ${after}, as the fault \`cut\` says`);
}

/** Each event with its number from 0, and whether it is the last: that is known when the next one has come. */
async function* withPlaces(
  events: AsyncIterable<string>,
): AsyncGenerator<{readonly event: string; readonly index: number; readonly isLast: boolean}> {
  let index = 0;
  let held: string | undefined;
  for await (const event of events) {
    if (held !== undefined) yield {event: held, index: index++, isLast: false};
    held = event;
  }
  if (held !== undefined) yield {event: held, index, isLast: true};
}

/** The event with the first half of its data. */
function halfEvent(event: string): string {
  const [, head = '', data = ''] = /^((?:event:[^\n]*\n)?(?:data: ?)?)(.*?)\s*$/s.exec(event) ?? [];
  return head === '' ? half(data) : `${head}${half(data)}\n\n`;
}

/** The first half of a text, without half a character. */
function half(text: string): string {
  const end = Math.floor(text.length / 2);
  const isInPair = /[\uD800-\uDBFF]$/.test(text.slice(0, end));
  return text.slice(0, isInPair ? end - 1 : end);
}
