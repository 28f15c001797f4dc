import {type Static, Type} from '@sinclair/typebox';
import type {JsonObject} from '../../chat/json.js';
import type {Sampling} from '../../chat/request.js';
import {neutral} from '../kit/fields.js';
import {omitEmpty} from '../kit/omit-empty.js';
import {outOfRange} from './invalid-value.js';
import {AnyInteger, Decimal, Integer} from './numbers.js';

/** The sampling fields that chat completions and legacy completions share. */
export const samplingFields = {
  temperature: neutral(Decimal(0, 2)),
  top_p: neutral(Decimal(0, 1)),
  /** Not in OpenAI's own API, but in that of compatible servers; 0 and -1 disable it. */
  top_k: neutral(Integer(-1)),
  seed: neutral(AnyInteger),
  stop: neutral(
    Type.Union([Type.String({minLength: 1}), Type.Array(Type.String({minLength: 1}), {maxItems: 4})]),
  ),
  presence_penalty: neutral(Decimal(-2, 2)),
  frequency_penalty: neutral(Decimal(-2, 2)),
  logit_bias: neutral(
    Type.Record(Type.String({pattern: '^\\d+$'}), Decimal(-100, 100), {additionalProperties: false}),
  ),
};

const SamplingBody = Type.Object(samplingFields);
type SamplingBody = Static<typeof SamplingBody>;

export function decodeSampling(body: SamplingBody, maxTokens: number | undefined): Sampling {
  const {stop, seed} = body;
  return omitEmpty({
    temperature: body.temperature,
    topP: body.top_p,
    topK: body.top_k,
    seed: isShort(seed) ? seed : undefined,
    maxTokens,
    stop: typeof stop === 'string' ? [stop] : stop,
    presencePenalty: body.presence_penalty,
    frequencyPenalty: body.frequency_penalty,
    logitBias: body.logit_bias,
  });
}

type Seed = SamplingBody['seed'];

function isShort(seed: Seed): seed is number {
  return typeof seed === 'number' && Number.isSafeInteger(seed);
}

/** A 64-bit seed beyond the precision of a double is passed on by its digits. */
export function longSeed(seed: Seed): JsonObject {
  if (seed === undefined || isShort(seed)) return {};
  const exact = BigInt(seed);
  if (exact > maxInt64) throw outOfRange('seed', exact, {kind: 'integer', side: 'above', bound: maxInt64});
  if (exact < minInt64) throw outOfRange('seed', exact, {kind: 'integer', side: 'below', bound: minInt64});
  return {seed: exact};
}

const maxInt64 = 2n ** 63n - 1n;
const minInt64 = -(2n ** 63n);
