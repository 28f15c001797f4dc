import {createHash} from 'node:crypto';
import {replaceAttachments} from '../chat/attachments.js';
import type {AnswerChunk} from '../chat/chunk.js';
import type {Attachment} from '../chat/media.js';
import type {CallContext, Model} from '../chat/model.js';
import {normalizeRequest} from '../chat/normalize.js';
import type {AskedRequest, ModelRequest} from '../chat/request.js';
import {RetakeError, unreachable} from '../errors.js';
import type {Cassette} from './cassette.js';
import {explainMiss} from './explain-miss.js';
import {type CassetteKey, cassetteKey} from './key.js';
import {createViewer, type View} from './matching-view.js';
import {type Mode, modes} from './modes.js';
import type {Pace} from './pace.js';
import {playTake} from './play-take.js';
import type {Playhead} from './playhead.js';
import {recordTake} from './record-take.js';
import {createSingleFlight} from './single-flight.js';
import type {Provenance, Take} from './take.js';

/** What the cassette needs to know of a call besides the question. */
export type CassetteContext = CallContext & {
  readonly mode: Mode;
  /** Separates parallel tests: repeats are counted within a session. */
  readonly session: string;
  /** The cassette that was chosen by name; the default one otherwise. */
  readonly cassette: string | undefined;
  /** The model's name as the client wrote it. */
  readonly modelName: string;
  /** Called once before the first chunk or the failure: what happened to the question. */
  announce(answer: Announcement): void;
};

export type Announcement = {
  readonly outcome: 'hit' | 'recorded' | 'live' | 'miss';
  readonly key: CassetteKey;
  readonly cassette: Cassette;
  /** The cassette's revision before it was asked. */
  readonly revision: number;
  /** Unix milliseconds at which the answer was, or is being, recorded. */
  readonly recordedAt: number;
  /** Which take is played, for a hit, from 0; and of how many. */
  readonly take?: number;
  readonly takeCount?: number;
};

export type CassetteOptions = {
  readonly cassettes: {get(name?: string): Promise<Cassette>};
  readonly playhead: Playhead;
  readonly pace: Pace;
  readonly now: () => number;
};

/** A model that remembers: answers from the cassette when the mode allows, and keeps what the live model says. */
export function withCassette(
  live: Model,
  {cassettes, playhead, pace, now}: CassetteOptions,
): Model<CassetteContext, AskedRequest> {
  const viewers = new WeakMap<Cassette, (request: ModelRequest) => View>();
  const flights = createSingleFlight<AnswerChunk, number>();

  return async function* (asked, context) {
    const decoded = replaceAttachments(asked, refuseAttachment);
    const {mode, session, signal, modelName} = context;
    const {looksUp, onMiss} = modes[mode];
    const cassette = await cassettes.get(context.cassette);
    const {forwardModel} = cassette.keySettings;
    const request = normalizeRequest(forwardModel ? {...decoded, model: modelName} : decoded);
    const {view, redaction} = viewerOf(cassette, viewers)(request);
    const key = cassetteKey(view);
    const position = {session, cassette: cassette.name, key};

    const {revision} = cassette;
    const interaction = looksUp ? await cassette.find(key) : undefined;
    if (interaction) {
      const index = Math.min(playhead.advance(position), interaction.takes.length - 1);
      const take = interaction.takes[index] ?? interaction.takes[0];
      context.announce({
        outcome: 'hit',
        key,
        cassette,
        revision,
        recordedAt: take.provenance.recordedAt,
        take: index,
        takeCount: interaction.takes.length,
      });
      return yield* playTake(take, {pace, now, signal});
    }

    switch (onMiss) {
      case 'fail':
        context.announce({outcome: 'miss', key, cassette, revision, recordedAt: 0});
        throw await explainMiss({key, view, cassette, mode});
      case 'forward':
        context.announce({outcome: 'live', key, cassette, revision, recordedAt: now()});
        return yield* live(request, context);
      case 'record': {
        const {label, items} = flights.join(`${cassette.name}\n${key}`, signal, flightSignal => {
          const recordedAt = now();
          const replaces = looksUp ? undefined : playhead.advance(position);
          const chunks = recordTake(live(request, {signal: flightSignal}), {
            elapsed: () => now() - recordedAt,
            keep: async recorded => {
              const take = redactTake(recorded, redaction, modelName, recordedAt);
              await cassette.add({key, view, take, ...(replaces !== undefined && {replaces})});
              if (looksUp) playhead.advance(position);
            },
          });
          return {label: recordedAt, items: chunks};
        });
        context.announce({outcome: 'recorded', key, cassette, revision, recordedAt: label});
        return yield* items;
      }
      default:
        return unreachable(onMiss);
    }
  };
}

function refuseAttachment({field}: Attachment): never {
  throw new RetakeError('not_supported', `'${field}' is not supported yet`, {field});
}

/** The id that an answer tells: the same when it is recorded and whenever it is played. */
export function answerId(key: CassetteKey, recordedAt: number): string {
  return createHash('sha256').update(`${key}\n${recordedAt}`).digest('hex').slice(0, 24);
}

function viewerOf(
  cassette: Cassette,
  viewers: WeakMap<Cassette, (request: ModelRequest) => View>,
): (request: ModelRequest) => View {
  const viewer = viewers.get(cassette) ?? createViewer(cassette.keySettings);
  viewers.set(cassette, viewer);
  return viewer;
}

function redactTake(
  recorded: Take['chunks'],
  redaction: View['redaction'],
  askedFor: string,
  recordedAt: number,
): Take {
  const chunks = redaction.redactChunks(recorded);
  const start = chunks[0].chunk;
  if (start.type !== 'reply-start')
    throw new RetakeError('internal', 'An answer did not begin with its start');
  const provenance: Provenance = {recordedAt, askedFor, ...start.answeredBy};
  return {chunks, provenance};
}
