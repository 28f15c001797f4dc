import {createHash} from 'node:crypto';
import {createSharedStreams} from '../../async/share-stream.js';
import {attachmentsOf, hasDocument} from '../../chat/attachments.js';
import type {AnswerChunk, AnsweredBy} from '../../chat/chunk.js';
import type {PagesGiven} from '../../chat/media.js';
import type {CallContext, Model} from '../../chat/model.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import type {AskedRequest, ModelRequest} from '../../chat/request.js';
import {RetakeError, unreachable} from '../../errors.js';
import type {Cassette} from '../cassette.js';
import {explainMiss} from '../compare/explain-miss.js';
import type {CassetteKey} from '../key/key.js';
import {documentSettingsOf} from '../key/key-settings.js';
import {createViewer, type Viewer} from '../key/matching-view.js';
import type {MediaResolver} from '../media-resolver.js';
import {type Mode, modes} from '../modes.js';
import type {Provenance, Take} from '../take.js';
import {lookUp} from './look-up.js';
import type {Pace} from './pace.js';
import {playTake} from './play-take.js';
import type {Playhead} from './playhead.js';
import {recordTake} from './record-take.js';

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
  /** What the model was given of the request's documents, where it is not their pictures alone. */
  readonly pages?: 'text' | 'both';
  /** What may be wrong with what the model was given of the attachments, a sentence each. */
  readonly warnings?: readonly string[];
  /** The same request may be answered by something else next time, although nothing that was known of its key has changed. */
  readonly mayChange?: true;
};

export type CassetteOptions = {
  readonly cassettes: {get(name?: string): Promise<Cassette>};
  /** Tells what clients attached. */
  readonly media: MediaResolver;
  readonly playhead: Playhead;
  readonly pace: Pace;
  readonly now: () => number;
};

/** A model that remembers: answers from the cassette when the mode allows, and keeps what the live model says. */
export function withCassette(
  live: Model,
  {cassettes, media, playhead, pace, now}: CassetteOptions,
): Model<CassetteContext, AskedRequest> {
  const viewers = new WeakMap<Cassette, Viewer>();
  const recordings = createSharedStreams<AnswerChunk, number>();

  return async function* (given, context) {
    const {mode, session, signal, modelName} = context;
    const {looksUp, onMiss} = modes[mode];
    const cassette = await cassettes.get(context.cassette);
    const {keySettings, revision} = cassette;
    const viewer = viewerOf(cassette, viewers);
    const asked = keySettings.forwardModel ? {...given, model: modelName} : given;
    const attached = media(attachmentsOf(asked), {
      memory: cassette.media,
      settings: documentSettingsOf(keySettings),
      conceal: viewer.conceal,
      mask: viewer.mask,
      signal,
    });
    const {candidate, found, inspection, hadOthers} = await lookUp(
      {asked, attached, cassette, viewer},
      modes[mode],
    );
    const {key, view, request} = candidate;
    const position = {session, cassette: cassette.name, key};
    const remarks = remarksOn(request, keySettings.pages, inspection?.warnings ?? []);
    const about = {
      key,
      cassette,
      revision,
      ...remarks,
      ...((hadOthers || attached.mayChange) && {mayChange: true as const}),
    };

    if (found) {
      if (inspection && onMiss === 'record') await cassette.media.learn(inspection.facts);
      const index = Math.min(playhead.advance(position), found.takes.length - 1);
      const take = found.takes[index] ?? found.takes[0];
      context.announce({
        ...about,
        outcome: 'hit',
        recordedAt: take.provenance.recordedAt,
        take: index,
        takeCount: found.takes.length,
      });
      return yield* playTake(take, {pace, now, signal});
    }

    const ask = (askSignal: AbortSignal) =>
      live(request, {signal: askSignal, ...(inspection && {media: inspection.reader(askSignal)})});
    switch (onMiss) {
      case 'fail':
        context.announce({...about, outcome: 'miss', recordedAt: 0});
        throw await explainMiss({key, view, cassette, mode, inspection});
      case 'forward':
        context.announce({...about, outcome: 'live', recordedAt: now()});
        return yield* ask(signal);
      case 'record': {
        const {label, items} = recordings.join(`${cassette.name}\n${key}`, signal, recordingSignal => {
          const recordedAt = now();
          const replaces = looksUp ? undefined : playhead.advance(position);
          const chunks = recordTake(ask(recordingSignal), {
            elapsed: () => now() - recordedAt,
            keep: async recorded => {
              const take = takeOf(candidate.redaction.redactChunks(recorded), {
                recordedAt,
                askedFor: modelName,
                ...remarks,
              });
              await cassette.add(
                omitUndefined({
                  key,
                  view,
                  take,
                  facts: inspection?.facts,
                  replaces,
                }),
              );
              if (looksUp) playhead.advance(position);
            },
          });
          return {label: recordedAt, items: chunks};
        });
        context.announce({...about, outcome: 'recorded', recordedAt: label});
        return yield* items;
      }
      default:
        return unreachable(onMiss);
    }
  };
}

/** The id that an answer tells: the same when it is recorded and whenever it is played. */
export function answerId(key: CassetteKey, recordedAt: number): string {
  return createHash('sha256').update(`${key}\n${recordedAt}`).digest('hex').slice(0, 24);
}

function viewerOf(cassette: Cassette, viewers: WeakMap<Cassette, Viewer>): Viewer {
  const viewer = viewers.get(cassette) ?? createViewer(cassette.keySettings);
  viewers.set(cassette, viewer);
  return viewer;
}

/** What is to be told of the way in which documents were given to the model, and kept with the take. */
function remarksOn(
  request: ModelRequest,
  pages: PagesGiven,
  warnings: readonly string[],
): Pick<Provenance, 'pages' | 'warnings'> {
  return omitUndefined({
    pages: pages !== 'images' && hasDocument(request) ? pages : undefined,
    warnings: warnings.length > 0 ? warnings : undefined,
  });
}

function takeOf(chunks: Take['chunks'], provenance: Omit<Provenance, keyof AnsweredBy>): Take {
  const start = chunks[0].chunk;
  if (start.type !== 'reply-start')
    throw new RetakeError('internal', 'An answer did not begin with its start');
  return {chunks, provenance: {...provenance, ...start.answeredBy}};
}
