import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {CompletionRequest as NeutralRequest} from '../../../chat/request.js';
import {RetakeError} from '../../../errors.js';
import type {WireRequest} from '../../dialect.js';
import {omitEmpty} from '../../kit/omit-empty.js';
import {checkWire} from '../check-wire.js';
import {extrasOf, refuseForeign, refuseUnsupported} from '../handling.js';
import {modelNameOf} from '../model-name.js';
import {decodeSampling, longSeed} from '../sampling.js';
import {decodeStream} from '../stream-options.js';
import {CompletionRequest} from './schema.js';

/** A decoded completion request, and the format of its answer. */
export type DecodedCompletion = {
  readonly request: NeutralRequest;
  readonly modelName: string;
  /** Set if the answer is streamed. */
  readonly stream?: {readonly includeUsage: boolean};
};

const checkBody = checkWire(CompletionRequest);

/** @throws RetakeError `invalid_request` or `not_supported`, naming the field. */
export function decodeRequest({body: value, params}: WireRequest): DecodedCompletion {
  const modelName = modelNameOf(value, params['deployment']);
  const body = checkBody(value);
  refuseForeign(CompletionRequest, body);
  refuseUnsupported(CompletionRequest, body);
  const {logprobs, n, max_tokens: maxTokens = 16} = body;
  const stream = decodeStream(body);
  return omitUndefined({
    request: {
      operation: 'complete',
      prompts: promptsOf(body.prompt),
      ...omitEmpty({
        sampling: decodeSampling(body, maxTokens),
        candidates: n,
        logprobs: logprobs === undefined ? undefined : {top: logprobs},
        extras: {...extrasOf(CompletionRequest, body), ...longSeed(body.seed)},
      }),
    },
    modelName,
    stream,
  });
}

function promptsOf(prompt: CompletionRequest['prompt'] = ''): readonly [string, ...string[]] {
  if (typeof prompt === 'string') return [prompt];
  const [first = '', ...others] = prompt.map(item => {
    if (typeof item === 'string') return item;
    throw new RetakeError(
      'not_supported',
      "Unsupported value: 'prompt' does not support token ids in retake: they number the vocabulary of another model.",
      {field: 'prompt', hint: 'Send the prompt as text.'},
    );
  });
  return [first, ...others];
}
