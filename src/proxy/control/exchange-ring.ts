import {LRUCache} from 'lru-cache';
import {CassetteMiss, type MissReport} from '../../cassette/miss.js';
import type {Announcement} from '../../cassette/replay/cassette-context.js';
import type {AskedQuestion, Ended, Exchange} from '../../http/exchange.js';
import {createQuestions, type FindQuestion} from './questions.js';

/** The last exchanges, for the control API. */
export type ExchangeRing = {
  /** How many there were since the start. */
  readonly count: number;
  add(ended: Ended): void;
  /** The exchange with a number; undefined if there was none, or if it was forgotten. */
  get(number: number): RingEntry | undefined;
  /** Exchanges with smaller numbers than `before`, the newest first. */
  newest(before?: number): Iterable<RingEntry>;
  /** The exchanges after a number, the oldest first. */
  after(number: number): Iterable<RingEntry>;
  /** What was missed in an exchange; undefined if it was no miss, or if it was forgotten. */
  missOf(number: number): MissDetails | undefined;
  /** The beginning of the request's text. */
  readonly questionOf: FindQuestion;
  /** Calls back for each exchange from now on. The result ends that. */
  follow(listener: (entry: RingEntry) => void): () => void;
};

export type RingEntry = {
  /** From 1, in the order in which the exchanges ended. */
  readonly number: number;
  /** When it ended, in Unix milliseconds. */
  readonly endedAt: number;
  readonly exchange: Exchange;
  readonly announcement: Announcement | undefined;
  /** The recording of a request that got a fault in its place. */
  readonly replaced: Announcement | undefined;
};

export type MissDetails = {readonly report: MissReport; readonly asked: AskedQuestion | undefined};

const exchangeLimit = 10_000;
/** Bytes, roughly: requests without a recording are kept whole, so that they can be recorded later. */
const missMemory = 64 * 1024 * 1024;

export function createExchangeRing({now}: {readonly now: () => number}): ExchangeRing {
  const ring: RingEntry[] = [];
  const misses = new LRUCache<number, MissDetails>({
    maxSize: missMemory,
    sizeCalculation: ({report, asked}) => 2 * (asked?.size ?? 0) + 2 * report.message.length + 1000,
  });
  const listeners = new Set<(entry: RingEntry) => void>();
  let count = 0;
  const get = (number: number) => {
    const entry = ring[number % exchangeLimit];
    return entry?.number === number ? entry : undefined;
  };
  const oldest = () => Math.max(1, count - exchangeLimit + 1);
  return {
    get count() {
      return count;
    },
    add({exchange, announcement, replaced, error, asked, isService}) {
      if (isService) return;
      const number = ++count;
      const isMiss = error instanceof CassetteMiss;
      if (isMiss) misses.set(number, {report: error.report, asked});
      const entry = {
        number,
        endedAt: now(),
        exchange: isMiss ? withShortError(exchange) : exchange,
        announcement,
        replaced,
      };
      ring[number % exchangeLimit] = entry;
      for (const listener of listeners) listener(entry);
    },
    get,
    *newest(before = count + 1) {
      for (let number = Math.min(before - 1, count); number >= oldest(); number--) {
        const entry = get(number);
        if (entry) yield entry;
      }
    },
    *after(number) {
      for (let next = Math.max(number + 1, oldest()); next <= count; next++) {
        const entry = get(next);
        if (entry) yield entry;
      }
    },
    missOf: number => misses.get(number),
    questionOf: createQuestions(number => misses.get(number)?.report.question),
    follow(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** The explanation of a miss has many lines, and is kept with the miss. */
function withShortError(exchange: Exchange): Exchange {
  const {error} = exchange;
  return error ? {...exchange, error: {...error, message: error.message.split('\n', 1)[0] ?? ''}} : exchange;
}
