import type {Interaction} from '../cassette.js';
import {type InteractionRow, readInteraction, readView} from '../rows/interaction-row.js';
import type {Query} from './driver.js';
import {recordedUntil, requestsFrom, rowsFrom} from './interaction-rows.js';

export type ReadOptions = {
  readonly name: string;
  /** The cassette's address for messages. */
  readonly shown: string;
  /** Unix milliseconds: takes that were recorded later are left out. */
  readonly until?: number | undefined;
};

/** Interactions in one answer of the database. */
const pageLength = 100;
const smallestId = -(2n ** 63n);

/** Every interaction of a cassette in key order. */
export async function* readInteractions(query: Query, options: ReadOptions): AsyncIterable<Interaction> {
  for await (const {row} of pages(start => rowsFrom(query, options.name, {start, limit: pageLength}))) {
    const then = asOf(row, options);
    if (then) yield readInteraction(options.shown, then);
  }
}

/** The requests of all interactions in key order, without reading the takes. */
export async function* readViews(
  query: Query,
  options: ReadOptions,
): AsyncIterable<Pick<Interaction, 'key' | 'view'>> {
  if (options.until !== undefined) {
    // Whether an interaction was there depends on its takes.
    for await (const {key, view} of readInteractions(query, options)) yield {key, view};
    return;
  }
  for await (const row of pages(start => requestsFrom(query, options.name, {start, limit: pageLength})))
    yield readView(options.shown, row);
}

/** A row at the time of the address. */
export function asOf<Row extends InteractionRow>(
  row: Row,
  {until}: Pick<ReadOptions, 'until'>,
): Row | undefined {
  return until === undefined ? row : recordedUntil(row, until);
}

async function* pages<Row extends {readonly id: bigint}>(
  read: (start: bigint) => Promise<readonly Row[]>,
): AsyncIterable<Row> {
  for (let start = smallestId; ; ) {
    const page = await read(start);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < pageLength) return;
    start = last.id + 1n;
  }
}
