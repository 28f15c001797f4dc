import {isWireChunk, type StreamedChunk} from '../../chat/wire.js';
import type {KeyCandidate} from '../key/key-candidate.js';
import type {KnownIds} from '../key/known-ids.js';
import type {Take} from '../take.js';
import {type AnsweredId, createIdReader} from './read-ids.js';
import {type Answered, learnIds, learnUpload, mayCreate} from './session-ids.js';

/** What is learned of the answer to a request. */
export function answeredTo(
  {key, view, literal, replaced = []}: KeyCandidate,
  {number, isRecorded}: Pick<Answered, 'number' | 'isRecorded'>,
): Answered {
  return {key, view, literal: literal ?? view, namesKnown: replaced.length > 0, number, isRecorded};
}

/** Learns the ids in a recorded answer, before it is replayed. */
export function learnFromTake(ids: KnownIds, {wire, error}: Take, answered: Answered): void {
  if (!wire || error) return;
  if (mayCreate(answered)) {
    const reader = createIdReader(wire.headers['content-type'] ?? '');
    learnIds(ids, [...wire.pieces.flatMap(({bytes}) => reader.push(bytes)), ...reader.end()], answered);
  }
  learnUpload(ids, wire.headers['x-goog-upload-url'], answered);
}

/**
 * The same answer. Its ids are learned before its end is passed on, so that a client which has read it can name them; those of a raw answer,
 * which may have no end that a client waits for, with each event.
 */
export async function* learningIds(
  chunks: AsyncIterable<StreamedChunk>,
  ids: KnownIds,
  answered: () => Answered,
): AsyncIterable<StreamedChunk> {
  let reader: ReturnType<typeof createIdReader> | undefined;
  let isRaw = false;
  let uploadUrl: string | undefined;
  let found: readonly AnsweredId[] = [];
  const learn = (more: readonly AnsweredId[]) => {
    found = [...found, ...more];
    if (found.length > 0) learnIds(ids, found, answered());
    found = [];
  };
  for await (const chunk of chunks) {
    if (!isWireChunk(chunk)) {
      if (chunk.type === 'reply-end' && reader) {
        learn(reader.end());
        learnUpload(ids, uploadUrl, answered());
      }
    } else if (chunk.type === 'wire-head') {
      const {headers, form} = chunk;
      const upload = headers['x-goog-upload-url'];
      uploadUrl = typeof upload === 'string' ? upload : undefined;
      isRaw = form.delivery === 'raw';
      reader = createIdReader(String(headers['content-type'] ?? ''));
    } else if (chunk.type === 'wire-data' && reader) {
      const more = reader.push(chunk.bytes);
      if (isRaw) learn(more);
      else found = [...found, ...more];
    }
    yield chunk;
  }
}
