import type {AskedContent, EmbedInput, EmbedRequest} from '../../../chat/request.js';
import type {WireRequest} from '../../dialect.js';
import {omitEmpty} from '../../kit/omit-empty.js';
import {checkWire} from '../check-wire.js';
import {extrasOf, refuseForeign} from '../handling.js';
import {modelNameOf} from '../model-name.js';
import {EmbeddingRequest} from './schema.js';

export type DecodedEmbedding = {
  readonly request: EmbedRequest<AskedContent>;
  readonly modelName: string;
  readonly encoding: 'float' | 'base64';
};

const checkBody = checkWire(EmbeddingRequest);

/** @throws RetakeError `invalid_request`, naming the field. */
export function decodeRequest({body: value, params, headers}: WireRequest): DecodedEmbedding {
  const modelName = modelNameOf(value, params['deployment']);
  const body = checkBody(value);
  refuseForeign(EmbeddingRequest, body);
  const {input, dimensions, encoding_format: encoding = 'float'} = body;
  // OpenAI's Python client always requests base64, but its types declare numbers.
  const isPython = headers['x-stainless-lang'] === 'python';
  return {
    request: {
      operation: 'embed',
      inputs: contentsOf(input).map(content => ({content, ...omitEmpty({dimensions})})),
      ...omitEmpty({extras: extrasOf(EmbeddingRequest, body)}),
    },
    modelName,
    encoding: isPython ? 'float' : encoding,
  };
}

/** One text, several, one text as tokens, or several. */
function contentsOf(input: EmbeddingRequest['input']): readonly EmbedInput<AskedContent>['content'][] {
  if (typeof input === 'string') return [textOf(input)];
  if (isListOfNumbers(input)) return [{tokens: input}];
  return input.map(item => (typeof item === 'string' ? textOf(item) : {tokens: item}));
}

function textOf(text: string): readonly AskedContent[] {
  return [{type: 'text', text}];
}

function isListOfNumbers(input: Exclude<EmbeddingRequest['input'], string>): input is number[] {
  return typeof input[0] === 'number';
}
