import {isRaw} from '../../cassette/key/redact-wire.js';
import type {Take} from '../../cassette/take.js';
import type {ReplyEnd} from '../../chat/chunk.js';
import {isJsonObject, parseJson, stringifyJson} from '../../chat/json.js';
import {utf8Text, wireBody} from '../../chat/wire.js';

/**
 * A recorded and a new answer without what differs although the answer is the same: the moment of a raw one, the word by which another
 * endpoint of the API says that it ended, and a usage that only one of them tells.
 */
export function comparableTakes(recorded: Take, fresh: Take): readonly [Take, Take] {
  const keepsUsage = endOf(recorded)?.usage !== undefined && endOf(fresh)?.usage !== undefined;
  const reduce = (take: Take) => (isRaw(take) ? withoutMoment(take) : withPlainEnd(take, keepsUsage));
  return [reduce(recorded), reduce(fresh)];
}

function endOf({chunks}: Take): ReplyEnd | undefined {
  const end = chunks.at(-1)?.chunk;
  return end?.type === 'reply-end' ? end : undefined;
}

function withPlainEnd(take: Take, keepsUsage: boolean): Take {
  const [first, ...rest] = take.chunks;
  const chunks = rest.map(({at, chunk}) => {
    if (chunk.type !== 'reply-end') return {at, chunk};
    const [finish, ...others] = chunk.finish;
    const plain = {...chunk, finish: [plainFinish(finish), ...others.map(plainFinish)] as const};
    const {usage: _usage, ...withoutUsage} = plain;
    return {at, chunk: keepsUsage ? plain : withoutUsage};
  });
  return {...take, chunks: [first, ...chunks]};
}

function plainFinish(finish: ReplyEnd['finish'][number]): ReplyEnd['finish'][number] {
  return {...finish, raw: finish.unified};
}

/** Members of an answer that are of the moment in which it was given. */
const momentary = ['id', 'created', 'created_at', 'request_id', 'system_fingerprint', 'responseId'];

function withoutMoment(take: Take): Take {
  const {wire} = take;
  const text = wire && utf8Text(wireBody(wire));
  if (!wire || text === undefined) return take;
  try {
    const value = parseJson(text);
    if (!isJsonObject(value)) return take;
    const lasting = Object.fromEntries(Object.entries(value).filter(([name]) => !momentary.includes(name)));
    return {...take, wire: {...wire, pieces: [{at: 0, bytes: Buffer.from(stringifyJson(lasting))}]}};
  } catch {
    // Events, or plain text.
    return take;
  }
}
