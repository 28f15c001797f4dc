import type {AskedRequest, RawRequest} from '../../chat/request.js';
import {RetakeError} from '../../errors.js';
import type {Cassette, Interaction} from '../cassette.js';
import {
  isIdentified,
  type KeyCandidate,
  keyCandidate,
  keyCandidates,
  literalCandidate,
} from '../key/key-candidate.js';
import type {Viewer} from '../key/matching-view.js';
import type {AttachedMedia, Inspection} from '../media-resolver.js';
import type {modes} from '../modes.js';
import type {ReadChunksOptions} from '../take.js';

export type Question = {
  readonly asked: AskedRequest | RawRequest;
  readonly attached: AttachedMedia;
  readonly cassette: Cassette;
  readonly viewer: Viewer;
  /** How takes are read. */
  readonly reading?: ReadChunksOptions | undefined;
};

/** The result of looking a request up. */
export type LookedUp = {
  readonly candidate: KeyCandidate;
  readonly found?: Interaction | undefined;
  /** Present when the attachments had to be inspected. */
  readonly inspection?: Inspection | undefined;
  /** Whether there were other candidates, so that another one may be found next time. */
  readonly hadOthers: boolean;
};

/**
 * Looks a request up by every candidate that the cassette's memory gives, and inspects the attachments only if none is found. In a mode
 * that does not look up, the attachments are always inspected.
 * @throws RetakeError `invalid_request` when an answer would be recorded for an attachment that cannot be told from others
 */
export async function lookUp(
  {asked, attached, cassette, viewer, reading}: Question,
  {looksUp, onMiss}: (typeof modes)[keyof typeof modes],
): Promise<LookedUp> {
  const candidates = looksUp || attached.isEmpty ? keyCandidates(asked, await attached.recall(), viewer) : [];
  const hit = looksUp ? await findNewest(cassette, candidates, reading) : undefined;
  if (hit) return {...hit, hadOthers: candidates.length > 1};
  const [only] = candidates;
  if (attached.isEmpty && only) return {candidate: only, hadOthers: false};
  const inspection = await attached.inspect(onMiss);
  const candidate = keyCandidate(asked, inspection, viewer);
  const hasKey = inspection.unknown.length === 0 && inspection.known.every(isIdentified);
  if (!hasKey && onMiss === 'record') throw unidentified();
  const found = looksUp && hasKey ? await findCandidate(cassette, candidate, reading) : undefined;
  return {candidate, ...found, inspection, hadOthers: candidates.length > 0};
}

type Found = {readonly candidate: KeyCandidate; readonly found: Interaction};

/** Finds the recording of a candidate, or else one of the time when keys had the ids of providers. */
export async function findCandidate(
  cassette: Cassette,
  candidate: KeyCandidate,
  reading?: ReadChunksOptions,
): Promise<Found | undefined> {
  const found = await cassette.find(candidate.key, reading);
  if (found) return {candidate, found};
  const literal = literalCandidate(candidate);
  const older = literal && (await cassette.find(literal.key, reading));
  return older && {candidate: literal, found: older};
}

function unidentified(): RetakeError {
  return new RetakeError(
    'invalid_request',
    'Expected every attached document to have pages, but one has none: its recording would answer requests with other documents',
  );
}

/** Of several candidates that have takes, the one that was recorded last. */
async function findNewest(
  cassette: Cassette,
  candidates: readonly KeyCandidate[],
  reading: ReadChunksOptions | undefined,
): Promise<Found | undefined> {
  let newest: Found | undefined;
  for (const candidate of candidates) {
    const one = await findCandidate(cassette, candidate, reading);
    if (one && (!newest || recordedAt(one.found) > recordedAt(newest.found))) newest = one;
  }
  return newest;
}

function recordedAt({takes}: Interaction): number {
  return Math.max(...takes.map(({provenance}) => provenance.recordedAt));
}
