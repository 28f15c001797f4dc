import {hash} from 'node:crypto';
import type {Usage} from '../../chat/chunk.js';
import type {CallContext, Model} from '../../chat/model.js';
import type {AnyRequest, AskedRequest, RawRequest} from '../../chat/request.js';
import type {ClientRequest, StreamedChunk} from '../../chat/wire.js';
import {unreachable} from '../../errors.js';
import type {Interaction} from '../cassette.js';
import {explainMiss} from '../compare/explain-miss.js';
import type {CassetteKey} from '../key/key.js';
import {questionOf} from '../key/question.js';
import {modes} from '../modes.js';
import {beginRecording, usageOf} from './begin-recording.js';
import {createBegun} from './begun.js';
import type {CassetteContext} from './cassette-context.js';
import {type ConsultOptions, createConsult, rawCandidate} from './consult.js';
import {lacksRaw} from './lacks-raw.js';
import {answeredTo, learnFromTake, learningIds} from './learn-ids.js';
import type {Pace} from './pace.js';
import {playTake, wholeTake} from './play-take.js';
import type {Playhead} from './playhead.js';
import type {Recordings} from './recordings.js';
import {withWarnings} from './remarks.js';
import {createReservations} from './reservations.js';

export type CassetteOptions = ConsultOptions & {
  readonly playhead: Playhead;
  readonly recordings: Recordings;
  readonly pace: Pace;
  readonly now: () => number;
  /** The HTTP status of a miss; absent: that of the catalogue. */
  readonly missStatus?: number | undefined;
  /** Whether errors of the upstream are recorded. */
  readonly recordErrors?: boolean | undefined;
  /** Texts that must not be stored: the upstream's own credential. */
  readonly secrets?: readonly string[] | undefined;
};

/** What answers misses. One that answers raw questions gets the client's own request. */
export type LiveModel = Model<
  CallContext & {readonly client?: ClientRequest | undefined},
  AnyRequest,
  StreamedChunk
>;

/** A model that remembers: answers from the cassette when the mode allows, and keeps what the live model says. */
export function withCassette(
  live: LiveModel,
  options: CassetteOptions,
): Model<CassetteContext, AskedRequest | RawRequest, StreamedChunk> {
  const {
    playhead,
    recordings,
    pace,
    now,
    missStatus,
    recordErrors = false,
    answersRaw = false,
    secrets,
  } = options;
  const consult = createConsult(options);
  const reservations = createReservations();
  const begun = createBegun();

  return async function* (given, context) {
    const {mode, session, signal, form, client, keepsPosition} = context;
    const onMiss = onMissOf(context);
    const preparation = onMiss === 'record' ? recordings.prepare(signal) : undefined;
    try {
      const consulted = await consult(given, context, preparation?.signal ?? signal);
      const {candidate, found, inspection, cassette, remarks, about, ids, viewer} = consulted;
      const {key, view, request, original} = candidate;
      const position = {session, cassette: cassette.name, key};
      // A status that is asked again and again changes, and an error may pass: a run that records them goes on asking.
      const isPolled = mode === 'auto' && begun.has(position);
      const looksUp = modes[mode].looksUp && !isPolled;

      const playHit = async function* ({takes}: Interaction) {
        // Of one take there is no choice, so processes need not count together for it.
        const isShared = takes.length > 1 && cassette.nextPosition !== undefined && !keepsPosition;
        const number = keepsPosition
          ? playhead.peek(position)
          : isShared
            ? await cassette.nextPosition(session, key)
            : playhead.advance(position);
        const index = Math.min(number, takes.length - 1);
        const take = takes[index] ?? takes[0];
        context.announce({
          ...about,
          ...(isShared && {mayChange: true as const}),
          ...withWarnings(remarks, take.provenance.warnings ?? []),
          outcome: 'hit',
          recordedAt: take.provenance.recordedAt,
          take: index,
          takeCount: takes.length,
          usage: always(usageOf(take)),
          isRepeat: number > index,
          isErrorTake: always(take.error !== undefined),
        });
        preparation?.done();
        // A take that was not played to its end is not used up.
        if (!isShared && !keepsPosition)
          context.onEnd(sent => sent !== 'whole' && playhead.release(position, number));
        learnFromTake(ids, take, answeredTo(candidate, {number: index, isRecorded: true}));
        if (pace === 'instant' && context.onWhole && !take.error) context.onWhole(wholeTake(take, form));
        else yield* playTake(take, {pace, now, signal, form, schedule: context.schedule});
      };

      if (found && !isPolled) {
        if (inspection && onMiss === 'record') await cassette.media.learn(inspection.facts);
        return yield* playHit(found);
      }

      const ask = (askSignal: AbortSignal, warnings: string[]) =>
        live(request, {
          signal: askSignal,
          original: original.operation === 'raw' ? undefined : original,
          warn: warning => warnings.push(warning),
          client,
          ...(inspection && {media: inspection.reader(askSignal)}),
        });
      if (context.refusal && (onMiss === 'fail' || !answersRaw)) {
        const isMiss =
          onMiss === 'fail' && (await lacksRaw(cassette, original, context.hasOwnAnswer === true));
        if (!isMiss) throw context.refusal;
      }
      const polls = request.operation === 'raw' && request.method === 'GET';
      if (polls && onMiss === 'record') begun.add(position);
      switch (onMiss) {
        case 'fail':
          context.announce({...about, outcome: 'miss', recordedAt: 0});
          throw await explainMiss({
            ...{key, view, cassette, mode, inspection, replaced: candidate.replaced},
            status: missStatus,
          });
        case 'forward': {
          const liveWarnings: string[] = [];
          let usage: Usage | undefined;
          const announced = {outcome: 'live', recordedAt: now(), liveWarnings, usage: () => usage} as const;
          context.announce({...about, ...announced, question: questionOf(view)});
          for await (const chunk of ask(signal, liveWarnings)) {
            if (chunk.type === 'reply-end') usage = chunk.usage;
            yield chunk;
          }
          return;
        }
        case 'record': {
          const flight = `${cassette.name}\n${key}`;
          const reservation =
            looksUp && !recordings.isRunning(flight)
              ? await reservations.reserve(cassette, key, preparation?.signal ?? signal)
              : undefined;
          if (reservation?.kind === 'recorded') return yield* playHit(reservation.interaction);
          // What is asked again after its recording has begun is counted from its first asking.
          const mayGoOn = polls || recordErrors;
          const isShared = cassette.nextPosition !== undefined && (!looksUp || mayGoOn);
          const number = isShared ? await cassette.nextPosition(session, key) : playhead.advance(position);
          // A client that got nothing and tries again asks the same again. One that got a part, and wanted no more, was answered.
          if (!isShared) context.onEnd(sent => sent === 'nothing' && playhead.release(position, number));
          // `auto` asks once for a key. `record` asks once for each position, whichever session comes to it first.
          const id = looksUp ? flight : `${flight}\n${number}`;
          const recorded = looksUp ? undefined : recordings.recall(id);
          if (recorded) {
            const {recordedAt, warnings = []} = recorded.provenance;
            context.announce({
              ...about,
              ...withWarnings(remarks, warnings),
              outcome: 'recorded',
              recordedAt,
              usage: always(usageOf(recorded)),
              isErrorTake: always(recorded.error !== undefined),
            });
            preparation?.done();
            learnFromTake(ids, recorded, answeredTo(candidate, {number, isRecorded: false}));
            return yield* playTake(recorded, {pace: 'instant', now, signal, form});
          }
          const begin = (recordingSignal: AbortSignal) => {
            const {label, chunks} = beginRecording(
              {
                ...{consulted, context, now, ask, secrets},
                replaces: looksUp && !polls ? undefined : number,
                onAnswer: () => !polls && begun.delete(position),
                onKept: take => !looksUp && recordings.remember(id, take),
                // A client that tries again asks the upstream again, and that answer is the next take.
                errors: recordErrors ? {replaces: number, onKept: () => begun.add(position)} : undefined,
              },
              recordingSignal,
            );
            return {label: {...label, number}, items: reservation ? releasing(chunks, reservation) : chunks};
          };
          const {label, items} = recordings.join(id, signal, begin, context.onBehind);
          context.announce({...about, outcome: 'recorded', question: questionOf(view), ...label});
          preparation?.done();
          // Only providers give ids, and only they answer raw questions.
          if (!answersRaw) return yield* items;
          return yield* learningIds(items, ids, () => {
            // An answer that was not understood is the first one to the raw question.
            const keptKey = label.keptAs() ?? key;
            const kept = keptKey === key ? candidate : rawCandidate(candidate, viewer, context);
            // Only errors come before the first answer that `auto` records.
            const first = looksUp && !recordErrors ? 0 : label.number;
            return answeredTo(kept, {number: first, isRecorded: false});
          });
        }
        default:
          return unreachable(onMiss);
      }
    } finally {
      preparation?.done();
    }
  };
}

function onMissOf({mode, recordsNothing}: CassetteContext) {
  const {onMiss} = modes[mode];
  return onMiss === 'record' && recordsNothing ? 'forward' : onMiss;
}

/** A function that holds on to its result only: announcements outlive their requests, and would keep all that is in scope alive. */
function always<Value>(value: Value): () => Value {
  return () => value;
}

/** Releases the reservation when the recording has ended. */
async function* releasing(
  chunks: AsyncIterable<StreamedChunk>,
  reservation: {release(): void},
): AsyncIterable<StreamedChunk> {
  try {
    yield* chunks;
  } finally {
    reservation.release();
  }
}

/** The id that an answer tells: the same when it is recorded and whenever it is played. */
export function answerId(key: CassetteKey, recordedAt: number): string {
  return hash('sha256', `${key}\n${recordedAt}`, 'hex').slice(0, 24);
}
