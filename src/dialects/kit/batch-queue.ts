import {setTimeout as sleep} from 'node:timers/promises';
import {type JsonValue, stringifyJson} from '../../chat/json.js';
import type {DialectServices, OwnAnswer, OwnRequest, RawRequest, RequestHeaders} from '../dialect.js';

/** The batches of a dialect: their requests are sent one after another, in the order in which they came. */
export type BatchQueue = {add(batch: QueuedBatch): void};

export type QueuedBatch = {
  /** The request that created it: its requests have the same cassette, session and credential. */
  readonly from: RawRequest;
  /** The path that each request is sent to, without the prefix. */
  readonly path: string;
  readonly bodies: readonly JsonValue[];
  onStart(): void;
  /** Called for each request; undefined if it was not sent because the batch was cancelled. */
  onAnswer(index: number, answer: OwnAnswer | undefined): void;
  onEnd(): void;
  /** Called instead of `onEnd` if the proxy was closed. */
  onInterrupted(): void;
  isCancelled(): boolean;
};

/** How often a request is sent again, a second apart, while the database that processes share is away. */
const mostRetries = 10;
const pauseBetweenTries = 1000;
/** How often the database is tried before a batch ends, whose results go there. */
const mostLooks = 600;

export function createBatchQueue({send, objects}: Pick<DialectServices, 'send' | 'objects'>): BatchQueue {
  let last: Promise<void> = Promise.resolve();
  // What clients of other processes want. Without the database, what was known last counts.
  const look = async () => objects?.pull().catch(() => 'away' as const);
  const lookPatiently = async () => {
    for (let looks = 1; (await look()) === 'away' && looks < mostLooks; looks++)
      await sleep(pauseBetweenTries, undefined, {ref: false});
  };
  const sendPatiently = async (request: OwnRequest) => {
    for (let retries = 0; ; retries++) {
      const answer = await send(request);
      if (!objects || answer.status !== 503 || retries >= mostRetries) return answer;
      await sleep(pauseBetweenTries, undefined, {ref: false});
    }
  };
  const run = async ({from, path, bodies, ...batch}: QueuedBatch) => {
    batch.onStart();
    const headers = ownHeaders(from.headers);
    for (const [index, body] of bodies.entries()) {
      await look();
      if (batch.isCancelled()) {
        batch.onAnswer(index, undefined);
        continue;
      }
      const request = {path: `${from.prefix ?? ''}${path}`, headers, body: stringifyJson(body)};
      let answer: OwnAnswer;
      try {
        answer = await sendPatiently(request);
      } catch {
        batch.onInterrupted();
        return;
      }
      batch.onAnswer(index, answer);
    }
    await lookPatiently();
    batch.onEnd();
  };
  return {
    add(batch) {
      last = last.then(() => run(batch));
    },
  };
}

const kept = /^(?:x-retake-.*|authorization|x-api-key|api-key|anthropic-.*|x-goog-api-.*)$/;

/** What a request inherits from that of its batch. */
function ownHeaders(headers: RequestHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      kept.test(name) && typeof value === 'string' ? [[name, value]] : [],
    ),
  );
}
