import {isRaw} from '../../cassette/key/redact-wire.js';
import type {Take} from '../../cassette/take.js';
import type {ReplyEnd} from '../../chat/chunk.js';

/**
 * A recorded and a new answer without what differs although the answer is the same: the word by which another
 * endpoint of the API says that it ended, and a usage that only one of them tells.
 */
export function comparableTakes(recorded: Take, fresh: Take): readonly [Take, Take] {
  const keepsUsage = endOf(recorded)?.usage !== undefined && endOf(fresh)?.usage !== undefined;
  const reduce = (take: Take) => (isRaw(take) ? take : withPlainEnd(take, keepsUsage));
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
