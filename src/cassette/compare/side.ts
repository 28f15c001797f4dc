import type {Interaction} from '../cassette.js';
import type {CassetteKey, MatchingView} from '../key/key.js';
import {type InteractionRow, readIntactTake, readView, requireIntact} from '../rows/interaction-row.js';
import type {TakeTexts} from '../rows/take-row.js';
import {untimedChunks} from '../rows/untimed-chunks.js';
import {answerOf, type RecordedAnswer} from './answer.js';
import type {Side} from './change.js';
import {type MediaItem, mediaOf} from './media-changes.js';

/** A side of which the answers are in memory. */
export function sideOf({key, view, takes}: Interaction): Side {
  const [first, ...rest] = takes;
  const answers = [answerOf(first), ...rest.map(answerOf)] as const;
  return {
    key,
    view,
    media: mediaOf(view),
    answers,
    answerCount: answers.length,
    answerAt: position => answers[position] ?? answers[0],
    storedAnswerAt: () => undefined,
  };
}

/**
 * A side that holds the texts of its answers, and reads an answer when something of it is needed. A view that is known is not read again.
 * @throws RetakeError `cassette_invalid` if the row was changed by another program
 */
export function sideOfRow(shown: string, row: InteractionRow, known?: Pick<Side, 'view' | 'media'>): Side {
  requireIntact(shown, row);
  const view = known?.view ?? readView(shown, row).view;
  return new StoredSide({
    shown,
    key: row.key,
    view,
    media: known?.media ?? mediaOf(view),
    answers: row.takes.map((take, position) => heldAnswer(shown, {key: row.key, position}, take)),
  });
}

/** A plain answer as its texts without times; one that has more is read, because its texts would be longer than what is shown of it. */
type HeldAnswer = TakeTexts | RecordedAnswer;

function heldAnswer(shown: string, place: Place, {chunks, provenance}: TakeTexts): HeldAnswer {
  const untimed = untimedChunks(chunks);
  return untimed === undefined
    ? readAnswer(shown, place, {chunks, provenance})
    : {chunks: untimed, provenance};
}

type Place = {readonly key: CassetteKey; readonly position: number};

function readAnswer(shown: string, place: Place, texts: TakeTexts): RecordedAnswer {
  return answerOf(readIntactTake(shown, place, texts, {joined: true}));
}

/** The same side with other marks on its images and pages. */
export function withMedia(side: Side, media: readonly MediaItem[]): Side {
  if (side.media.length === 0) return side;
  return {
    key: side.key,
    view: side.view,
    media,
    get answers() {
      return side.answers;
    },
    answerCount: side.answerCount,
    answerAt: position => side.answerAt(position),
    storedAnswerAt: position => side.storedAnswerAt(position),
  };
}

type StoredSideContent = Pick<Side, 'key' | 'view' | 'media'> & {
  /** The name of the cassette in messages. */
  readonly shown: string;
  readonly answers: readonly HeldAnswer[];
};

/** A class, because a diff may hold ten thousands of them: closures would take more memory than the content. */
class StoredSide implements Side {
  readonly key: CassetteKey;
  readonly view: MatchingView;
  readonly media: readonly MediaItem[];
  readonly #shown: string;
  readonly #answers: readonly HeldAnswer[];

  constructor({shown, key, view, media, answers}: StoredSideContent) {
    this.key = key;
    this.view = view;
    this.media = media;
    this.#shown = shown;
    this.#answers = answers;
  }

  get answers(): readonly [RecordedAnswer, ...RecordedAnswer[]] {
    const [first, ...rest] = this.#answers.map((_, position) => this.answerAt(position));
    return [first ?? this.answerAt(0), ...rest];
  }

  get answerCount(): number {
    return this.#answers.length;
  }

  answerAt(position: number): RecordedAnswer {
    const held = this.#answers[position];
    if (!held) throw new RangeError(`There is no answer ${position + 1} of ${this.#answers.length}`);
    return 'chunks' in held ? readAnswer(this.#shown, {key: this.key, position}, held) : held;
  }

  storedAnswerAt(position: number): string | undefined {
    const held = this.#answers[position];
    return held && 'chunks' in held ? held.chunks : undefined;
  }
}
