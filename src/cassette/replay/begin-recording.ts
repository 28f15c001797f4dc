import {deferStream} from '../../async/defer-stream.js';
import type {AnsweredBy, Usage} from '../../chat/chunk.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import type {StreamedChunk} from '../../chat/wire.js';
import {RetakeError} from '../../errors.js';
import type {Cassette} from '../cassette.js';
import {concealCredentials} from '../key/conceal-credentials.js';
import type {CassetteKey} from '../key/key.js';
import type {KeyCandidate} from '../key/key-candidate.js';
import type {Provenance, Take, TakeAnswer} from '../take.js';
import type {CassetteContext} from './cassette-context.js';
import {type Consulted, rawCandidate} from './consult.js';
import {recordTake} from './record-take.js';
import type {RecordingLabel} from './recordings.js';
import {withWarnings} from './remarks.js';

export type BeginOptions = {
  readonly consulted: Consulted;
  readonly context: CassetteContext;
  readonly now: () => number;
  /** Texts that must not be stored. */
  readonly secrets: readonly string[] | undefined;
  /** Asks the live model, which adds what it warns of. */
  readonly ask: (signal: AbortSignal, warnings: string[]) => AsyncIterable<StreamedChunk>;
  /** The position whose take an answer replaces. Undefined: it is added. */
  readonly replaces: number | undefined;
  /** Called before an answer is kept. */
  readonly onAnswer: () => void;
  /** Called with each take that was kept. */
  readonly onKept: (take: Take) => void;
  /** Set if errors of the upstream are kept, too: at which position, and what happens then. */
  readonly errors?: {readonly replaces: number; readonly onKept: () => void} | undefined;
};

/** Asks the live model and keeps its answer. The label is known at once, and its functions tell more once the take is kept. */
export function beginRecording(
  {consulted, context, now, secrets, ask, replaces, onAnswer, onKept, errors}: BeginOptions,
  signal: AbortSignal,
): {
  readonly label: Omit<RecordingLabel, 'fate' | 'number'>;
  readonly chunks: AsyncIterable<StreamedChunk>;
} {
  const {candidate, viewer, cassette, inspection, remarks} = consulted;
  const recordedAt = now();
  const liveWarnings: string[] = [];
  let keptKey: CassetteKey | undefined;
  let keptTake: Take | undefined;
  const keep = async (kept: KeyCandidate, given: TakeAnswer, position: number | undefined) => {
    const answer = concealCredentials(kept.redaction.redactAnswer(given), context.client, secrets);
    const take = takeOf(answer, {
      recordedAt,
      askedFor: context.modelName,
      ...withWarnings(remarks, liveWarnings),
    });
    const {key, view, canonical} = kept;
    const facts = inspection?.facts;
    await cassette.add(omitUndefined({key, view, canonical, take, facts, replaces: position}));
    keptKey = key;
    keptTake = take;
    onKept(take);
  };
  const asking = (askSignal: AbortSignal) => ask(askSignal, liveWarnings);
  const chunks = recordTake(askIfWritable(cassette, asking, signal), {
    elapsed: () => now() - recordedAt,
    keep: async ({isRaw, ...recorded}) => {
      onAnswer();
      const kept = isRaw ? rawCandidate(candidate, viewer, context) : candidate;
      await keep(kept, recorded, replaces);
    },
    keepError: errors
      ? async answer => {
          await keep(candidate, answer, errors.replaces);
          errors.onKept();
        }
      : undefined,
  });
  const usage = () => keptTake && usageOf(keptTake);
  const isErrorTake = () => keptTake?.error !== undefined;
  return {label: {recordedAt, liveWarnings, usage, keptAs: () => keptKey, isErrorTake}, chunks};
}

/** The model is asked only if its answer can be stored. */
function askIfWritable(
  cassette: Cassette,
  ask: (signal: AbortSignal) => AsyncIterable<StreamedChunk>,
  signal: AbortSignal,
): AsyncIterable<StreamedChunk> {
  return deferStream(async () => {
    await cassette.requireWritable();
    return ask(signal);
  });
}

/** The tokens of a recorded answer. */
export function usageOf({chunks}: Take): Usage | undefined {
  const last = chunks.at(-1)?.chunk;
  return last?.type === 'reply-end' ? last.usage : undefined;
}

function takeOf(answer: TakeAnswer, provenance: Omit<Provenance, keyof AnsweredBy>): Take {
  const start = answer.chunks[0].chunk;
  if (start.type !== 'reply-start')
    throw new RetakeError('internal', 'An answer did not begin with its start');
  return {...answer, provenance: {...provenance, ...start.answeredBy}};
}
