import {createHash} from 'node:crypto';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {crc32} from 'node:zlib';
import type {Playhead} from '../cassette/replay/playhead.js';
import type {Announcement} from '../cassette/replay/with-cassette.js';
import type {DialectTraits} from '../dialects/dialect.js';
import {joinBody} from './read-body.js';

/** A response as it went out: its head and its body. */
export type SentResponse = {
  readonly status: number;
  /** Names and values in turn, as `writeHead` takes them. */
  readonly headers: readonly string[];
  /** Text, which Node sends in one piece with the head. */
  readonly body: string;
};

/**
 * Answers requests whose bytes were seen before without decoding them again. It remembers what was sent for a hit; the playhead still
 * picks the take, and a cassette that changed voids what was remembered of it.
 */
export type ReplayMemo = {
  /** Undefined for a request that is not to be remembered. The body may be in any number of pieces. */
  identify(request: IncomingMessage, body: readonly Buffer[]): Fingerprint | undefined;
  /** Answers a request that is known; undefined when it is not. */
  answer(fingerprint: Fingerprint, response: ServerResponse): Replay | undefined;
  remember(fingerprint: Fingerprint, replay: Replay): void;
};

/** Everything of a request that can change its answer. */
export type Fingerprint = {
  /** Finds it fast. */
  readonly id: string;
  /** Makes sure that it is this one: the body, or the digest of a long one. */
  readonly proof: Buffer;
};

/** How a hit was answered, and what was told of it. */
export type Replay = {
  readonly session: string;
  /** What an exchange tells as its path. */
  readonly path: string;
  readonly announcement: Announcement;
  readonly warnings: readonly string[];
  readonly sent: SentResponse;
};

export type ReplayMemoOptions = {
  readonly playhead: Playhead;
  /** The APIs whose headers can change an answer. */
  readonly dialects: readonly Pick<DialectTraits, 'answerHeaders'>[];
  /** Bytes. */
  readonly limit?: number;
};

type Memory = {
  readonly proof: Buffer;
  readonly session: string;
  readonly cassette: Announcement['cassette'];
  readonly key: Announcement['key'];
  readonly revision: number;
  readonly takes: Map<number, Replay>;
  /** The index of the last take that is known to exist; askings beyond it repeat that one. */
  lastTake: number;
  size: number;
};

export function createReplayMemo({
  playhead,
  dialects,
  limit = 64 * 1024 * 1024,
}: ReplayMemoOptions): ReplayMemo {
  const headers = answerHeaders(dialects);
  const memories = new Map<string, Memory>();
  let size = 0;
  const forget = (id: string, memory: Memory) => {
    memories.delete(id);
    size -= memory.size;
  };
  return {
    identify: (request, body) => identify(request, body, headers),
    answer({id, proof}, response) {
      const memory = memories.get(id);
      if (!memory?.proof.equals(proof)) return undefined;
      const {cassette, key, session} = memory;
      cassette.refresh();
      if (cassette.revision !== memory.revision) {
        forget(id, memory);
        return undefined;
      }
      const position = {session, cassette: cassette.name, key};
      const known = memory.takes.get(Math.min(playhead.peek(position), memory.lastTake));
      if (!known) return undefined;
      playhead.advance(position);
      const {status, headers, body} = known.sent;
      response.writeHead(status, headers as string[]);
      response.end(body);
      return known;
    },
    remember({id, proof}, replay) {
      const {session, announcement, sent} = replay;
      const {cassette, key, revision, take = 0, takeCount = 1} = announcement;
      if (revision !== cassette.revision) return;
      const cost = sent.body.length + id.length + proof.length + 1024;
      if (cost > limit / 8) return;
      let memory = memories.get(id);
      if (memory?.revision !== revision || !memory.proof.equals(proof)) {
        if (memory) forget(id, memory);
        memory = {
          proof,
          session,
          cassette,
          key,
          revision,
          takes: new Map(),
          lastTake: takeCount - 1,
          size: 0,
        };
      }
      if (!memory.takes.has(take)) {
        memory.size += cost;
        size += cost;
      }
      memory.takes.set(take, replay);
      memories.delete(id);
      memories.set(id, memory);
      for (const [oldest, other] of memories) {
        if (size <= limit) break;
        forget(oldest, other);
      }
    },
  };
}

/** Bytes up to which comparing two bodies costs less than digesting one. */
const longestProof = 64 * 1024;

type AnswerHeaders = DialectTraits['answerHeaders'];

function answerHeaders(dialects: ReplayMemoOptions['dialects']): AnswerHeaders {
  const byValue = dialects.flatMap(({answerHeaders}) => answerHeaders.byValue);
  const byPresence = dialects.flatMap(({answerHeaders}) => answerHeaders.byPresence);
  return {byValue: [...new Set([...ownHeaders, ...byValue])], byPresence: [...new Set(byPresence)]};
}

/** Headers that can change an answer in every API. */
const ownHeaders = [
  'x-retake-mode',
  'x-retake-session',
  'x-retake-cassette',
  'content-type',
  'content-encoding',
];

function identify(
  {method, url, headers}: IncomingMessage,
  body: readonly Buffer[],
  {byValue, byPresence}: AnswerHeaders,
): Fingerprint | undefined {
  if (method !== 'POST' || headers.origin !== undefined) return undefined;
  let id = url ?? '';
  for (const name of byPresence) id += headers[name] === undefined ? '\n' : '\n+';
  for (const name of byValue) id += `\n${headers[name] ?? ''}`;
  const proof = proofOf(body);
  return {id: id + crc32(proof), proof};
}

/** A long body is digested piece by piece, for a copy of it would cost as much as the digest. */
function proofOf(body: readonly Buffer[]): Buffer {
  const length = body.reduce((sum, piece) => sum + piece.length, 0);
  if (length <= longestProof) return joinBody(body);
  const digest = createHash('sha256');
  for (const piece of body) digest.update(piece);
  return digest.digest();
}
