import type {IncomingHttpHeaders, IncomingMessage, ServerResponse} from 'node:http';
import type {Announcement} from '../cassette/replay/cassette-context.js';
import type {Playhead} from '../cassette/replay/playhead.js';
import {recentlyUsed} from '../collections/recently-used.js';
import type {DialectTraits} from '../dialects/dialect.js';
import {compressWhole} from './compress.js';
import {compressParts} from './compress-parts.js';
import {acceptedEncoding, type Encoding, isWorthCompressing} from './content-encoding.js';
import {answerHeadersOf, type Fingerprint, identify} from './fingerprint.js';
import type {TimedText} from './play-parts.js';
import {controlRoot} from './services.js';

/** A response as it was sent: its head and its body. */
export type SentResponse = {
  readonly status: number;
  /** Names and values in turn, as `writeHead` takes them. */
  readonly headers: readonly string[];
  /** Text, which Node sends in one piece with the head; compressed, it is bytes. */
  readonly body: string | Buffer;
  /** When the parts of the body are due, in order. Absent for one that is sent at once. */
  readonly parts?: TimedText['parts'];
};

/**
 * Answers requests whose bytes were seen before without decoding them again. It stores the responses to hits; the playhead still picks the
 * take, and the entries of a cassette that changed are removed.
 */
export type ReplayMemo = {
  /** Whether responses to this request can be stored. */
  accepts(request: IncomingMessage): boolean;
  /** The fingerprint of a request that the memo accepts. */
  identify(request: IncomingMessage, body: Buffer): Fingerprint;
  /** Sends the stored response, if it is one that is sent at once, and returns it; undefined if there is none. */
  answer(fingerprint: Fingerprint, response: ServerResponse): Replay | undefined;
  /** Gives back a take that was not sent to its end. */
  release(replay: Replay): void;
  /** Undefined if it cannot be stored. */
  store(fingerprint: Fingerprint, replay: Replay): Stored | undefined;
  /** Removes what it stores of a session that has ended. */
  forget(session: string): void;
  /** What it stores, and how often it was asked. */
  readonly statistics: MemoStatistics;
};

/** A stored response whose parts are due one after the other. */
export type Stored = {
  /** The same, compressed once for all that wait for it. Undefined if that fails. */
  compressed(encoding: Encoding): Promise<SentResponse | undefined>;
};

export type MemoStatistics = {
  readonly entries: number;
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
};

/** The response to a hit, and what is logged about it. */
export type Replay = {
  readonly session: string;
  readonly path: string;
  readonly dialect: string;
  /** The model's name as the client wrote it. */
  readonly model: string | undefined;
  readonly announcement: Announcement;
  readonly warnings: readonly string[];
  readonly sent: SentResponse;
};

export type ReplayMemoOptions = {
  readonly playhead: Playhead;
  /** The APIs whose headers can change an answer. */
  readonly dialects: readonly Pick<DialectTraits, 'answerHeaders'>[];
  /** Whether a request with such headers can have a fault: it is not answered from here. */
  readonly mayFault?: ((headers: IncomingHttpHeaders) => boolean) | undefined;
  /** Bytes. */
  readonly limit?: number | undefined;
};

type MemoEntry = {
  readonly bodyOrDigest: Buffer;
  readonly session: string;
  readonly cassette: Announcement['cassette'];
  readonly key: Announcement['key'];
  readonly revision: number;
  /** By the number of the take. */
  readonly replays: Replay[];
  /** What was sent compressed, by what it was before. Absent, as is the next, until a client wants that: most entries need neither. */
  compressed?: Map<SentResponse, Partial<Record<Encoding, SentResponse>>>;
  /** What is, or was, compressed part by part. */
  compressing?: Map<SentResponse, Partial<Record<Encoding, Promise<SentResponse | undefined>>>>;
  isRemoved: boolean;
  /** The index of the last take; further requests replay it again. */
  readonly lastTake: number;
  size: number;
};

/** How many long bodies are known to have been sent once. */
const mostLong = 10_000;

export function createReplayMemo({
  playhead,
  dialects,
  mayFault = () => false,
  limit = 64 * 1024 * 1024,
}: ReplayMemoOptions): ReplayMemo {
  const answerHeaders = answerHeadersOf(dialects);
  const entries = new Map<string, MemoEntry>();
  const longAskedOnce = recentlyUsed<string, true>(mostLong);
  let size = 0;
  let hits = 0;
  let asked = 0;
  const remove = (id: string, entry: MemoEntry) => {
    entries.delete(id);
    entry.isRemoved = true;
    size -= entry.size;
  };
  const keepCompressed = (
    entry: MemoEntry,
    sent: SentResponse,
    encoding: Encoding,
    response: SentResponse,
  ): SentResponse => {
    entry.compressed ??= new Map();
    entry.compressed.set(sent, {...entry.compressed.get(sent), [encoding]: response});
    if (!entry.isRemoved) {
      entry.size += response.body.length;
      size += response.body.length;
    }
    return response;
  };
  /** What a client gets that accepts these encodings; undefined if it is due part by part, and is not compressed yet. */
  const inEncoding = (
    entry: MemoEntry,
    sent: SentResponse,
    accepted: string | string[] | undefined,
  ): SentResponse | undefined => {
    const encoding = acceptedEncoding(accepted);
    if (encoding === undefined || !(sent.parts || isWorthCompressing(sent.body))) return sent;
    const known = entry.compressed?.get(sent)?.[encoding];
    if (known || sent.parts) return known;
    return keepCompressed(entry, sent, encoding, compressResponse(sent, encoding));
  };
  const compressed = (
    entry: MemoEntry,
    sent: SentResponse,
    encoding: Encoding,
  ): Promise<SentResponse | undefined> => {
    entry.compressing ??= new Map();
    const others = entry.compressing.get(sent);
    const running = others?.[encoding];
    if (running) return running;
    const keep = (text: TimedText) => {
      const headers = [...sent.headers, 'content-encoding', encoding];
      return keepCompressed(entry, sent, encoding, {...sent, headers, ...text});
    };
    const begun = compressParts(sent, encoding).then(keep, () => undefined);
    entry.compressing.set(sent, {...others, [encoding]: begun});
    return begun;
  };
  return {
    accepts: ({method, url = '', headers}) =>
      method === 'POST' &&
      headers.origin === undefined &&
      !url.startsWith(`${controlRoot}/`) &&
      !mayFault(headers),
    identify: (request, body) => identify(request, body, answerHeaders),
    answer({id, bodyOrDigest}, response) {
      asked++;
      const entry = entries.get(id);
      if (!entry?.bodyOrDigest.equals(bodyOrDigest())) return undefined;
      const {cassette, key, session} = entry;
      cassette.refresh();
      if (cassette.revision !== entry.revision) {
        remove(id, entry);
        return undefined;
      }
      const position = {session, cassette: cassette.name, key};
      const take = Math.min(playhead.peek(position), entry.lastTake);
      const replay = entry.replays[take];
      if (!replay) return undefined;
      const {sent} = replay;
      const encoded = inEncoding(entry, sent, response.req.headers['accept-encoding']);
      if (!encoded) return undefined;
      const isRepeat = playhead.advance(position) > entry.lastTake;
      hits++;
      if (encoded.parts) return {...repeatOf(replay, isRepeat), sent: encoded};
      response.writeHead(encoded.status, encoded.headers as string[]);
      response.end(encoded.body);
      if (isRepeat === replay.announcement.isRepeat) return replay;
      // From now on each replay of this take is one: the same object is logged and counted fastest.
      const repeat = repeatOf(replay, isRepeat);
      entry.replays[take] = repeat;
      return repeat;
    },
    store({id, bodyOrDigest: confirm, isLong}, replay) {
      const {session, announcement, sent} = replay;
      const {cassette, key, revision, take = 0, takeCount = 1} = announcement;
      if (revision !== cassette.revision) return undefined;
      if (isLong && !longAskedOnce.has(id)) {
        // A long body with something that is never the same would be digested in vain.
        longAskedOnce.set(id, true);
        return undefined;
      }
      const bodyOrDigest = confirm();
      const cost = sent.body.length + id.length + bodyOrDigest.length + 1024;
      if (cost > limit / 8) return undefined;
      let entry = entries.get(id);
      if (entry?.revision !== revision || !entry.bodyOrDigest.equals(bodyOrDigest)) {
        if (entry) remove(id, entry);
        const lastTake = takeCount - 1;
        entry = {
          bodyOrDigest,
          session,
          cassette,
          key,
          revision,
          replays: [],
          isRemoved: false,
          lastTake,
          size: 0,
        };
      }
      if (!entry.replays[take]) {
        entry.size += cost;
        size += cost;
        entry.replays[take] = replay;
      }
      entries.delete(id);
      entries.set(id, entry);
      for (const [oldest, other] of entries) {
        if (size <= limit) break;
        remove(oldest, other);
      }
      const kept = entry;
      const stored = entry.replays[take] ?? replay;
      return {compressed: encoding => compressed(kept, stored.sent, encoding)};
    },
    release({session, announcement: {cassette, key, take = 0, isRepeat}}) {
      if (!isRepeat) playhead.release({session, cassette: cassette.name, key}, take);
    },
    forget(session) {
      for (const [id, entry] of entries) if (entry.session === session) remove(id, entry);
    },
    get statistics() {
      return {entries: entries.size, bytes: size, hits, misses: asked - hits};
    },
  };
}

function compressResponse({status, headers, body}: SentResponse, encoding: Encoding): SentResponse {
  const compressed = compressWhole(body, encoding);
  const changed = ['content-length', String(compressed.length), 'content-encoding', encoding];
  const others = headers.filter((_, index) => headers[index - (index % 2)] !== 'content-length');
  return {status, headers: [...others, ...changed, 'vary', 'accept-encoding'], body: compressed};
}

function repeatOf(replay: Replay, isRepeat: boolean): Replay {
  return {...replay, announcement: {...replay.announcement, isRepeat}};
}
