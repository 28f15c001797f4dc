import {stringifyJson} from '../../chat/json.js';
import {recentlyUsed} from '../../collections/recently-used.js';
import type {CassetteKey, MatchingView} from '../key/key.js';
import {createKnownIds, type KnownId, type KnownIds, originOf, tokenOf} from '../key/known-ids.js';
import type {AnsweredId} from './read-ids.js';

/** The ids of each session and cassette. Only this many sessions, the most recently used ones, are remembered. */
const sessionLimit = 1000;

export type SessionIds = {of(session: string, cassette: string): KnownIds};

export function createSessionIds(): SessionIds {
  const sessions = recentlyUsed<string, KnownIds>(sessionLimit);
  return {
    of(session, cassette) {
      const name = JSON.stringify([session, cassette]);
      const known = sessions.get(name) ?? createKnownIds();
      sessions.set(name, known);
      return known;
    },
  };
}

/** An answer whose ids are learned, by its request. */
export type Answered = {
  readonly key: CassetteKey;
  readonly view: MatchingView;
  /** The view with ids as the client wrote them. */
  readonly literal: MatchingView;
  /** Whether the request names an object that is known. */
  readonly namesKnown: boolean;
  /** Which of the answers to the request it is, from 0. */
  readonly number: number;
  readonly isRecorded: boolean;
};

/** Whether the answer to a request may have the ids of new objects. */
export function mayCreate({view: {operation, method}, namesKnown}: Answered): boolean {
  if (operation === 'embed' || operation === 'count-tokens') return false;
  return operation !== 'raw' || method === 'POST' || method === 'PUT' || (method === 'GET' && namesKnown);
}

/**
 * Learns the ids in an answer. One that the request itself names is not of the provider's making. What is read of a known object, such as
 * the output of a batch, has new ids as well, but not in lists, whose order is of the moment.
 */
export function learnIds(known: KnownIds, ids: readonly AnsweredId[], answered: Answered): void {
  if (ids.length === 0 || !mayCreate(answered)) return;
  const {key, view, literal, isRecorded} = answered;
  const isRead = view['method'] === 'GET';
  const request = stringifyJson(literal);
  for (const {id, place, isOwn, isListed} of ids) {
    if (isRead ? isListed || !lasting.test(place) : !isOwn && id.length < shortestOther) continue;
    if (request.includes(id)) continue;
    const number = isRead ? 0 : answered.number;
    const learned = {id, token: tokenOf({key, view, number, place}), origin: originOf(view), isRecorded};
    const earlier = known.get(id);
    if (!earlier) known.add(learned);
    else if (earlier.token === learned.token)
      known.add({...earlier, isRecorded: isRecorded && earlier.isRecorded});
    else if (isOwn && !isRead) known.add(reused(learned, earlier));
    // Two answers have made it. Other members mention objects: of a batch that is cancelled, the file.
    else if (/\/(?:call_)?id#\d+$/.test(place)) known.add({...learned, token: id});
  }
}

/** Ids in other places than that of the object itself are counted by some servers: `call_0`. */
const shortestOther = 12;

/** An id that another object had before. A provider that has begun anew has only the new one. */
function reused(learned: KnownId, earlier: KnownId): KnownId {
  const isNew = !learned.isRecorded && !earlier.isRecorded && !earlier.isAmbiguous;
  return {...learned, isAmbiguous: !isNew};
}

/** Members that are set once: the files with the results of a batch or an operation. */
const lasting = /(?:file_id|file|fileName|uri)#0$/i;

/**
 * Learns the address of a resumable upload. Uploads with equal beginnings are told apart by their content alone, so that it does not matter
 * which of them began first: each part of the content gives the upload another token.
 */
export function learnUpload(known: KnownIds, uploadUrl: string | undefined, answered: Answered): void {
  const {key, view, literal, isRecorded} = answered;
  const token = () => tokenOf({key, view, number: 0, place: 'upload'});
  const begun = uploadUrl === undefined ? undefined : /[?&]upload_id=([^&]+)/.exec(uploadUrl)?.[1];
  const ids = new Set([...(begun === undefined ? [] : [decodeURIComponent(begun)]), ...uploadsIn(literal)]);
  for (const id of ids) {
    if (id === begun || known.get(id)) known.add({id, token: token(), origin: originOf(view), isRecorded});
  }
}

function uploadsIn({query}: MatchingView): readonly string[] {
  if (!Array.isArray(query)) return [];
  return query.flatMap(pair =>
    typeof pair === 'string' && pair.startsWith('upload_id=') ? [pair.slice('upload_id='.length)] : [],
  );
}
