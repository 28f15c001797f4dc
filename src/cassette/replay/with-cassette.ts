import {createHash} from 'node:crypto';
import {LRUCache} from 'lru-cache';
import {attachmentsOf, hasDocument} from '../../chat/attachments.js';
import type {AnsweredBy, Usage} from '../../chat/chunk.js';
import type {JsonObject} from '../../chat/json.js';
import type {PagesGiven} from '../../chat/media.js';
import type {CallContext, Model} from '../../chat/model.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import type {AnyRequest, AskedRequest, RawRequest} from '../../chat/request.js';
import type {ClientRequest, StreamedChunk, WireForm} from '../../chat/wire.js';
import {RetakeError, unreachable} from '../../errors.js';
import type {Cassette, Interaction} from '../cassette.js';
import {explainMiss} from '../compare/explain-miss.js';
import {concealCredentials} from '../key/conceal-credentials.js';
import type {CassetteKey} from '../key/key.js';
import {type KeyCandidate, keyCandidate} from '../key/key-candidate.js';
import {documentSettingsOf} from '../key/key-settings.js';
import {createViewer, type Viewer} from '../key/matching-view.js';
import type {MediaResolver} from '../media-resolver.js';
import {type Mode, modes} from '../modes.js';
import type {Provenance, Take, TakeAnswer} from '../take.js';
import {type LookedUp, lookUp} from './look-up.js';
import type {Pace} from './pace.js';
import {playTake} from './play-take.js';
import type {Playhead, PlayheadPosition} from './playhead.js';
import {recordTake} from './record-take.js';
import type {RecordingFate, Recordings} from './recordings.js';
import {createReservations} from './reservations.js';

/** What the cassette needs to know of a call besides the question. */
export type CassetteContext = CallContext & {
  /** How the answer will be sent. */
  readonly form?: WireForm | undefined;
  /** The client's request as it came, for the provider of its API. */
  readonly client?: ClientRequest | undefined;
  /** The same request as a raw question: a recording of it answers, too, where there is none of the request itself. */
  readonly raw?: (() => RawRequest) | undefined;
  /** Thrown instead of a miss, and where no upstream can answer a raw question: why it was not served otherwise. */
  readonly refusal?: RetakeError | undefined;
  /** Whether a raw question has an answer of retake's own, too, so that it is no miss without a recording. */
  readonly hasOwnAnswer?: boolean | undefined;
  readonly mode: Mode;
  /** Separates parallel tests: repeats are counted within a session. */
  readonly session: string;
  /** The cassette that was chosen by name; the default one otherwise. */
  readonly cassette: string | undefined;
  /** The model's name as the client wrote it. */
  readonly modelName: string;
  /** Whether what the live model answers is left out of the cassette, whatever the mode says: the client gets a faulty answer. */
  readonly recordsNothing?: boolean | undefined;
  /** Whether the take that is played remains the next one of its session. */
  readonly keepsPosition?: boolean | undefined;
  /** Called once before the first chunk or the failure: what happened to the question. */
  announce(answer: Announcement): void;
  /** Called once after the end of the response, or at once if it has ended: how much of the answer was sent. */
  onEnd(callback: (sent: Sent) => void): void;
  /** Called if the client has fallen so far behind an answer that is being recorded that it gets no more of it. */
  readonly onBehind?: (() => void) | undefined;
};

/** How much of an answer a client got; nothing of one that failed. */
export type Sent = 'nothing' | 'part' | 'whole';

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
  /** Whether a hit repeats the last take: its session asked more often than was recorded. */
  readonly isRepeat?: boolean;
  /** What the model was given of the request's documents, where it is not their pictures alone. */
  readonly pages?: 'text' | 'both';
  /** What may be wrong with what the model was given of the attachments, a sentence each. */
  readonly warnings?: readonly string[];
  /** What the live model warns of: it may grow until the answer ends. */
  readonly liveWarnings?: readonly string[];
  /** The tokens of the answer, as far as they are known: those of a live one at its end. */
  readonly usage?: () => Usage | undefined;
  /** What becomes of a recording, which its client need not wait for. */
  readonly fate?: Promise<RecordingFate>;
  /** The key of a recording that turned out to be one of a raw question, once it is kept. */
  readonly keptAs?: (() => CassetteKey | undefined) | undefined;
  /** Whether the error in place of the answer is a take: it is played, or was kept. */
  readonly isErrorTake?: (() => boolean) | undefined;
  /** The same request may be answered by something else next time, although nothing that was known of its key has changed. */
  readonly mayChange?: true;
};

export type CassetteOptions = {
  readonly cassettes: {get(name?: string): Promise<Cassette>};
  /** Tells what clients attached. */
  readonly media: MediaResolver;
  readonly playhead: Playhead;
  readonly recordings: Recordings;
  readonly pace: Pace;
  readonly now: () => number;
  /** The HTTP status of a miss; absent: that of the catalogue. */
  readonly missStatus?: number | undefined;
  /** Whether the live model has to be told the name of the model: for a new cassette, whose keys then contain it. */
  readonly needsModelName?: ((signal: AbortSignal) => Promise<boolean>) | undefined;
  /** Whether errors of the upstream are recorded. */
  readonly recordErrors?: boolean | undefined;
  /** Whether the live model answers raw questions. */
  readonly answersRaw?: boolean | undefined;
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
  {
    cassettes,
    media,
    playhead,
    recordings,
    pace,
    now,
    missStatus,
    needsModelName,
    recordErrors = false,
    answersRaw = false,
  }: CassetteOptions,
): Model<CassetteContext, AskedRequest | RawRequest, StreamedChunk> {
  const viewers = new WeakMap<Cassette, Viewer>();
  const reservations = createReservations();
  const begun = createBegun();

  /** The cassette's view of a request: its key, the takes found, and what its attachments are. */
  const consult = async (given: AskedRequest | RawRequest, context: CassetteContext, signal: AbortSignal) => {
    const {mode, modelName} = context;
    const cassette = await cassettes.get(context.cassette);
    // A raw question decides it, too, although its key has no model: the cassette stores its settings with the first one.
    const isAnswered = given.operation !== 'raw' || answersRaw;
    if (modes[mode].onMiss !== 'fail' && isAnswered && cassette.forwardModelIsOpen && needsModelName)
      cassette.decideForwardModel?.(await needsModelName(signal));
    const {keySettings, revision} = cassette;
    const viewer = viewerOf(cassette, viewers);
    const asked =
      keySettings.forwardModel && given.operation !== 'raw' ? {...given, model: modelName} : given;
    const attached = media(asked.operation === 'raw' ? [] : attachmentsOf(asked), {
      memory: cassette.media,
      settings: documentSettingsOf(keySettings),
      conceal: viewer.conceal,
      mask: viewer.mask,
      signal,
    });
    const release = await viewer.prepare(asked);
    const lookedUp = await lookUp({asked, attached, cassette, viewer}, modes[mode])
      .then(found => withRaw(found, {cassette, viewer, context}))
      .finally(release);
    const {candidate, inspection, hadOthers} = lookedUp;
    const remarks = remarksOn(candidate.request, keySettings.pages, inspection?.warnings ?? []);
    const about = {
      key: candidate.key,
      cassette,
      revision,
      ...remarks,
      ...((hadOthers || attached.mayChange) && {mayChange: true as const}),
    };
    return {...lookedUp, cassette, viewer, remarks, about};
  };

  return async function* (given, context) {
    const {mode, session, signal, modelName, form, client, keepsPosition} = context;
    const onMiss = onMissOf(context);
    const preparation = onMiss === 'record' ? recordings.prepare(signal) : undefined;
    try {
      const {candidate, found, inspection, cassette, viewer, remarks, about} = await consult(
        given,
        context,
        preparation?.signal ?? signal,
      );
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
          usage: () => usageOf(take),
          isRepeat: number > index,
          isErrorTake: () => take.error !== undefined,
        });
        preparation?.done();
        // A take that was not played to its end is not used up.
        if (!isShared && !keepsPosition)
          context.onEnd(sent => sent !== 'whole' && playhead.release(position, number));
        yield* playTake(take, {pace, now, signal, form});
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
        // A cassette with raw questions lacks this one: that is a miss, which a run must not overlook.
        const isKind = context.hasOwnAnswer ? isSameKind(original) : isRaw;
        const isMiss = onMiss === 'fail' && isKind !== undefined && (await hasView(cassette, isKind));
        if (!isMiss) throw context.refusal;
      }
      const polls = request.operation === 'raw' && request.method === 'GET';
      if (polls && onMiss === 'record') begun.add(position);
      switch (onMiss) {
        case 'fail':
          context.announce({...about, outcome: 'miss', recordedAt: 0});
          throw await explainMiss({key, view, cassette, mode, inspection, status: missStatus});
        case 'forward': {
          const liveWarnings: string[] = [];
          let usage: Usage | undefined;
          const announced = {outcome: 'live', recordedAt: now(), liveWarnings, usage: () => usage} as const;
          context.announce({...about, ...announced});
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
              usage: () => usageOf(recorded),
              isErrorTake: () => recorded.error !== undefined,
            });
            preparation?.done();
            return yield* playTake(recorded, {pace: 'instant', now, signal, form});
          }
          const begin = (recordingSignal: AbortSignal) => {
            const recordedAt = now();
            let keptKey: CassetteKey | undefined;
            const liveWarnings: string[] = [];
            let keptTake: Take | undefined;
            const asking = (askSignal: AbortSignal) => ask(askSignal, liveWarnings);
            const keep = async (kept: KeyCandidate, given: TakeAnswer, replaces: number | undefined) => {
              const answer = concealCredentials(kept.redaction.redactAnswer(given), client);
              const take = takeOf(answer, {
                recordedAt,
                askedFor: modelName,
                ...withWarnings(remarks, liveWarnings),
              });
              const {key: takenKey, view: takenView} = kept;
              const facts = inspection?.facts;
              await cassette.add(omitUndefined({key: takenKey, view: takenView, take, facts, replaces}));
              keptKey = takenKey;
              keptTake = take;
              if (!looksUp) recordings.remember(id, take);
            };
            const chunks = recordTake(askIfWritable(cassette, asking, recordingSignal), {
              elapsed: () => now() - recordedAt,
              keep: async ({isRaw, ...recorded}) => {
                if (!polls) begun.delete(position);
                const kept = isRaw ? rawCandidate(candidate, viewer, context) : candidate;
                await keep(kept, recorded, looksUp && !polls ? undefined : number);
              },
              keepError: recordErrors
                ? async answer => {
                    await keep(candidate, answer, number);
                    // A client that tries again asks the upstream again, and that answer is the next take.
                    begun.add(position);
                  }
                : undefined,
            });
            const usage = () => keptTake && usageOf(keptTake);
            const keptAs = () => keptKey;
            const isErrorTake = () => keptTake?.error !== undefined;
            const label = {recordedAt, liveWarnings, usage, keptAs, isErrorTake};
            return {label, items: releasing(chunks, reservation)};
          };
          const {label, items} = recordings.join(id, signal, begin, context.onBehind);
          context.announce({...about, outcome: 'recorded', ...label});
          preparation?.done();
          return yield* items;
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

/** Looks a request up as a raw question, too: its answer may have been recorded when it was not understood. */
async function withRaw(
  lookedUp: LookedUp,
  {cassette, viewer, context}: {cassette: Cassette; viewer: Viewer; context: CassetteContext},
): Promise<LookedUp> {
  if (lookedUp.found || !context.raw || !modes[context.mode].looksUp) return lookedUp;
  const candidate = keyCandidate(context.raw(), nothingAttached, viewer);
  const found = await cassette.find(candidate.key);
  return found ? {...lookedUp, candidate, found} : lookedUp;
}

const nothingAttached = {known: [], given: []};

/** The candidate under which an answer is kept that is nothing but its bytes. */
function rawCandidate(candidate: KeyCandidate, viewer: Viewer, {raw}: CassetteContext): KeyCandidate {
  if (candidate.request.operation === 'raw') return candidate;
  if (raw) return keyCandidate(raw(), nothingAttached, viewer);
  throw new RetakeError('internal', 'An answer in bytes only has no raw question');
}

async function hasView(cassette: Cassette, isWanted: (view: JsonObject) => boolean): Promise<boolean> {
  for await (const {view} of cassette.views()) if (isWanted(view)) return true;
  return false;
}

const isRaw = (view: JsonObject) => view['operation'] === 'raw';

/**
 * Whether a view is that of a raw question about the same kind of stored object: about files, batches or responses. Undefined for a request
 * that is about none.
 */
function isSameKind(request: AnyRequest): ((view: JsonObject) => boolean) | undefined {
  if (request.operation !== 'raw') return undefined;
  const kind = kindOf(request.path);
  // Which models there are is told by retake itself, too.
  if (kind === undefined || kind === 'models') return undefined;
  return view => {
    const {api, path} = view;
    return isRaw(view) && api === request.api && typeof path === 'string' && kindOf(path) === kind;
  };
}

/** `files` of `/v1/files/file-1`, and of `/upload/v1beta/files`. */
function kindOf(path: string): string | undefined {
  return path
    .split('/')
    .find(segment => segment !== '' && !/^(?:v\d\w*|upload|download|openai)$/.test(segment));
}

/** Which questions a session has begun to record and asks on: those that are polled, and those that have failed. */
function createBegun() {
  const known = new LRUCache<string, true>({max: 10_000});
  const idOf = ({session, cassette, key}: PlayheadPosition) => JSON.stringify([session, cassette, key]);
  return {
    has: (position: PlayheadPosition) => known.has(idOf(position)),
    add: (position: PlayheadPosition) => void known.set(idOf(position), true),
    delete: (position: PlayheadPosition) => void known.delete(idOf(position)),
  };
}

/** Releases the reservation when the recording has ended. */
async function* releasing(
  chunks: AsyncIterable<StreamedChunk>,
  reservation: {release(): void} | undefined,
): AsyncIterable<StreamedChunk> {
  try {
    yield* chunks;
  } finally {
    reservation?.release();
  }
}

/** The model is asked only if its answer can be stored. */
async function* askIfWritable(
  cassette: Cassette,
  ask: (signal: AbortSignal) => AsyncIterable<StreamedChunk>,
  signal: AbortSignal,
): AsyncIterable<StreamedChunk> {
  await cassette.requireWritable();
  yield* ask(signal);
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
  request: AnyRequest,
  pages: PagesGiven,
  warnings: readonly string[],
): Pick<Provenance, 'pages' | 'warnings'> {
  return omitUndefined({
    pages: pages !== 'images' && request.operation !== 'raw' && hasDocument(request) ? pages : undefined,
    warnings: warnings.length > 0 ? warnings : undefined,
  });
}

/** Remarks with further warnings, each once. */
function withWarnings(
  remarks: Pick<Provenance, 'pages' | 'warnings'>,
  further: readonly string[],
): Pick<Provenance, 'pages' | 'warnings'> {
  const warnings = [...new Set([...(remarks.warnings ?? []), ...further])];
  return warnings.length === 0 ? remarks : {...remarks, warnings};
}

function usageOf({chunks}: Take): Usage | undefined {
  const last = chunks.at(-1)?.chunk;
  return last?.type === 'reply-end' ? last.usage : undefined;
}

function takeOf(answer: TakeAnswer, provenance: Omit<Provenance, keyof AnsweredBy>): Take {
  const start = answer.chunks[0].chunk;
  if (start.type !== 'reply-start')
    throw new RetakeError('internal', 'An answer did not begin with its start');
  return {...answer, provenance: {...provenance, ...start.answeredBy}};
}
