import {isJsonObject, parseJson} from '../../chat/json.js';
import {RetakeError} from '../../errors.js';
import type {Interaction} from '../cassette.js';
import {type CassetteKey, keyOfCanonicalText, keyScheme, schemeOf} from '../key/key.js';
import type {ReadChunksOptions, Take} from '../take.js';
import {invalidCassette} from './invalid-cassette.js';
import {isIntact, readTake, readTakeTexts, type TakeRow, type TakeTexts} from './take-row.js';

/** An interaction as it is stored. */
export type InteractionRow = {
  readonly key: CassetteKey;
  /** The matching view's canonical text, whose hash is the key. */
  readonly request: string;
  readonly takes: readonly TakeRow[];
};

/** The row id of a key: its first 8 bytes as a signed 64-bit integer, shifted so that ids are in the order of keys. */
export function interactionId(key: CassetteKey): bigint {
  const digits = key.slice(key.indexOf(':') + 1, key.indexOf(':') + 17);
  return BigInt(`0x${digits}`) - 2n ** 63n;
}

/** Two keys whose first 8 bytes are equal cannot be in one cassette: expected once in 10^7 cassettes of 10^6 interactions. */
export function refuseCollision(path: string, known: CassetteKey, other: CassetteKey): void {
  if (known === other) return;
  throw new RetakeError(
    'cassette_write_failed',
    `The cassette ${path} cannot store ${other} beside ${known}: they have the same first 16 digits, which it looks them up by.`,
    {hint: 'Record one of the two requests into another cassette.'},
  );
}

export function haveSameTakes(before: InteractionRow, after: InteractionRow | undefined): boolean {
  return (
    before.takes.length === after?.takes.length &&
    before.takes.every(({digest}, position) => after.takes[position]?.digest.equals(digest))
  );
}

/**
 * The interaction of a row, fully checked: a wrong answer is never replayed.
 * @throws RetakeError `cassette_invalid`
 */
export function readInteraction(path: string, row: InteractionRow, options?: ReadChunksOptions): Interaction {
  return readInteractionOf(path, row, keyScheme, options);
}

/**
 * The same for a key of an older scheme.
 * @throws RetakeError `cassette_invalid`
 */
export function readAnyInteraction(path: string, row: InteractionRow): Interaction {
  return readInteractionOf(path, row, Math.min(schemeOf(row.key), keyScheme));
}

function readInteractionOf(
  path: string,
  row: InteractionRow,
  scheme: number,
  options?: ReadChunksOptions,
): Interaction {
  if (keyOfCanonicalText(row.request, scheme) !== row.key)
    throw damaged(path, row.key, 'its request does not match its key');
  const {key, request} = row;
  return withView(path, {key, request, takes: readTakes(path, row, options)});
}

/** A replay has no use for the view, and its text is what the key was made from: it is read when somebody looks at it. */
function withView(
  path: string,
  {key, request, takes}: Pick<InteractionRow, 'key' | 'request'> & Pick<Interaction, 'takes'>,
): Interaction {
  let view: Interaction['view'] | undefined;
  return {
    key,
    get view() {
      view ??= readView(path, {key, request}).view;
      return view;
    },
    takes,
  };
}

/**
 * The takes of an interaction alone.
 * @throws RetakeError `cassette_invalid`
 */
export function readTakes(
  path: string,
  row: InteractionRow,
  options?: ReadChunksOptions,
): Interaction['takes'] {
  const [first, ...rest] = row.takes.map((take, position) =>
    readStoredTake(path, row.key, take, position, options),
  );
  if (!first) throw damaged(path, row.key, 'it has no take');
  return [first, ...rest];
}

/**
 * The request of an interaction, without its takes.
 * @throws RetakeError `cassette_invalid`
 */
export function readView(
  path: string,
  {key, request}: Pick<InteractionRow, 'key' | 'request'>,
): Pick<Interaction, 'key' | 'view'> {
  try {
    const view = parseJson(request, {maxDepth: 1000});
    if (isJsonObject(view)) return {key, view};
  } catch (cause) {
    throw damaged(path, key, 'its request is not JSON', cause);
  }
  throw damaged(path, key, 'its request is not a JSON object');
}

/**
 * The take of a row.
 * @throws RetakeError `cassette_invalid`
 */
export function readStoredTake(
  path: string,
  key: CassetteKey,
  row: TakeRow,
  position: number,
  options?: ReadChunksOptions,
): Take {
  return explained(path, {key, position}, () => readTake(key, row, options));
}

/**
 * Checks that the request matches its key, and each take its digest, without reading them.
 * @throws RetakeError `cassette_invalid`
 */
export function requireIntact(path: string, {key, request, takes}: InteractionRow): void {
  if (keyOfCanonicalText(request, keyScheme) !== key)
    throw damaged(path, key, 'its request does not match its key');
  if (takes.length === 0) throw damaged(path, key, 'it has no take');
  for (const [position, take] of takes.entries()) requireIntactTake(path, {key, position}, take);
}

/**
 * Checks that a take matches its digest, without reading it.
 * @throws RetakeError `cassette_invalid`
 */
export function requireIntactTake(path: string, {key, position}: TakePlace, take: TakeRow): void {
  if (!isIntact(key, take)) throw damaged(path, key, `take ${position + 1}: it does not match its digest`);
}

/**
 * A take of a row that {@link requireIntact} has checked.
 * @throws RetakeError `cassette_invalid`
 */
export function readIntactTake(
  path: string,
  place: TakePlace,
  texts: TakeTexts,
  options?: ReadChunksOptions,
): Take {
  return explained(path, place, () => readTakeTexts(texts, options));
}

type TakePlace = {readonly key: CassetteKey; readonly position: number};

function explained(path: string, {key, position}: TakePlace, read: () => Take): Take {
  try {
    return read();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw damaged(path, key, `take ${position + 1}: ${reason}`, cause);
  }
}

function damaged(path: string, key: string, reason: string, cause?: unknown): RetakeError {
  return invalidCassette(path, `is damaged in the interaction ${key}: ${reason}`, damagedHint, cause);
}

const damagedHint =
  'Another program changed it. Restore it from version control (git checkout -- FILE), or record it again.';
