import {type Static, Type} from '@sinclair/typebox';
import type {TokenChoice, TokenLogprob} from '../../chat/chunk.js';
import {omitUndefined} from '../../chat/omit-undefined.js';

/** `[token, logprob, id or null, bytes]`; the bytes are omitted if they are the token's UTF-8, and then the id if it is absent. */
const StoredChoice = Type.Union([
  Type.Tuple([Type.String(), Type.Number()]),
  Type.Tuple([Type.String(), Type.Number(), Type.Integer()]),
  Type.Tuple([
    Type.String(),
    Type.Number(),
    Type.Union([Type.Integer(), Type.Null()]),
    Type.Array(Type.Integer({minimum: 0, maximum: 255})),
  ]),
]);
type StoredChoice = Static<typeof StoredChoice>;

/** For each token a list: the chosen one, then the most likely alternatives. */
export const StoredLogprobs = Type.Array(Type.Array(StoredChoice, {minItems: 1}));
export type StoredLogprobs = Static<typeof StoredLogprobs>;

export function storeLogprobs(logprobs: readonly TokenLogprob[]): StoredLogprobs {
  return logprobs.map(({top, ...chosen}) => [chosen, ...top].map(storeChoice));
}

export function readLogprobs(stored: StoredLogprobs): TokenLogprob[] {
  return stored.flatMap(choices => {
    const [chosen, ...top] = choices.map(readChoice);
    return chosen ? [{...chosen, top}] : [];
  });
}

function storeChoice({token, id, bytes, logprob}: TokenChoice): StoredChoice {
  if (!Buffer.from(token).equals(Buffer.from(bytes))) return [token, logprob, id ?? null, [...bytes]];
  return id === undefined ? [token, logprob] : [token, logprob, id];
}

function readChoice([token, logprob, id, bytes]: StoredChoice): TokenChoice {
  return omitUndefined({
    token,
    id: typeof id === 'number' ? id : undefined,
    bytes: bytes ?? [...Buffer.from(token)],
    logprob,
  });
}
