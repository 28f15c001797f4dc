import type {Cassette, Interaction} from '../cassette/cassette.js';
import type {CassetteKey} from '../cassette/key/key.js';
import {questionOf} from '../cassette/key/question.js';
import type {Take} from '../cassette/take.js';
import type {Usage} from '../chat/chunk.js';

/** One interaction in one line: the request, and the model of the last answer. */
export type ListedInteraction = {
  /** Its number in this listing, from 1. */
  readonly number: number;
  readonly key: CassetteKey;
  readonly question: string;
  /** The upstream's name for its model, of the newest take. */
  readonly model: string;
  /** Unix milliseconds, of the newest take. */
  readonly recordedAt: number;
  readonly takes: number;
  /** The token usage of the newest take. */
  readonly usage: Usage | undefined;
  /** The HTTP status of the newest take, if that is an error. */
  readonly error?: number | undefined;
};

export type ListingOptions = {
  /** The maximum length of the shown request text, in characters. */
  readonly questionLength?: number;
};

/** Lists a cassette's interactions in the order in which they were first recorded. */
export async function listInteractions(
  cassette: Cassette,
  {questionLength = 200}: ListingOptions = {},
): Promise<readonly ListedInteraction[]> {
  const found: (Omit<ListedInteraction, 'number'> & {readonly firstRecordedAt: number})[] = [];
  for await (const interaction of cassette.interactions()) {
    found.push({...summarize(interaction, questionLength), firstRecordedAt: firstRecordedAt(interaction)});
  }
  found.sort((a, b) => a.firstRecordedAt - b.firstRecordedAt || (a.key < b.key ? -1 : 1));
  return found.map(({firstRecordedAt: _order, ...rest}, index) => ({number: index + 1, ...rest}));
}

/** The take that was recorded last. */
export function newestTake({takes}: Pick<Interaction, 'takes'>): Take {
  return takes.reduce((newest, take) =>
    take.provenance.recordedAt >= newest.provenance.recordedAt ? take : newest,
  );
}

export function usageOf({chunks}: Take): Usage | undefined {
  const end = chunks.at(-1)?.chunk;
  return end?.type === 'reply-end' ? end.usage : undefined;
}

function summarize({key, view, takes}: Interaction, questionLength: number) {
  const newest = newestTake({takes});
  return {
    key,
    question: questionOf(view, questionLength),
    model: newest.provenance.model,
    recordedAt: newest.provenance.recordedAt,
    takes: takes.length,
    usage: usageOf(newest),
    error: newest.error?.status,
  };
}

function firstRecordedAt({takes}: Interaction): number {
  return Math.min(...takes.map(({provenance}) => provenance.recordedAt));
}
