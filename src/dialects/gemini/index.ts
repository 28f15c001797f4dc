import type {Dialect, DialectDefinition, DialectServices, QuestionEndpoint, WireRequest} from '../dialect.js';
import type {AnswerDecoder} from '../kit/answer-decoder.js';
import {batchEndpoints} from './batches/endpoints.js';
import type {Cache} from './caches/cache.js';
import {cacheEndpoints} from './caches/endpoints.js';
import {batchDecoder, predictionDecoder, singleDecoder} from './embeddings/decode-answer.js';
import {decodeBatchEmbedContents, decodeEmbedContent, decodePredict} from './embeddings/decode-request.js';
import {encodeRequest as encodeEmbed} from './embeddings/encode-request.js';
import {encodeError} from './encode-error.js';
import {ExpiringStore} from './expiring-store.js';
import {faultError} from './fault-error.js';
import {fileEndpoints} from './files/endpoints.js';
import type {UploadedFile} from './files/uploaded-file.js';
import {answerDecoder} from './generate-content/decode-answer.js';
import {decodeGenerateContent, decodeStreamGenerateContent} from './generate-content/decode-request.js';
import {encodeRequest} from './generate-content/encode-request.js';
import {interactionEndpoints} from './interactions/endpoints.js';
import {KeptContent, type Stores} from './kept-content.js';
import {parseLenientJson} from './lenient-json.js';
import {locate} from './locate.js';
import {modelEndpoints} from './models/endpoints.js';
import {refusingEndpoints} from './not-served.js';
import {wireVariant} from './query-parameters.js';
import {schemaError} from './schema-error.js';
import {answerDecoder as countDecoder} from './token-counts/decode-answer.js';
import {decodeCountTokens} from './token-counts/decode-request.js';
import {encodeRequest as encodeCount} from './token-counts/encode-request.js';
import {geminiTraits} from './traits.js';

/** The Gemini API of the Developer API and Vertex AI. Objects that clients store are in memory, and lost when the proxy ends, unless processes share them. */
export function createGemini(services: DialectServices): Dialect {
  const {now, objects} = services;
  const stores: Stores = {
    files: new ExpiringStore<UploadedFile>({
      now,
      objects,
      noun: 'uploaded files',
      maxBytes: 256 * mebibyte,
      maxCount: 1000,
    }),
    caches: new ExpiringStore<Cache>({
      now,
      objects,
      noun: 'cached contents',
      maxBytes: 256 * mebibyte,
      maxCount: 1000,
    }),
  };
  const asks = (decode: typeof decodeGenerateContent, decoder: AnswerDecoder): QuestionEndpoint => ({
    kind: 'question',
    method: 'POST',
    decodeRequest: (wire: WireRequest) => decode(wire, new KeptContent(stores, wire.headers.host)),
    decoder,
  });
  return {
    ...geminiTraits,
    locate,
    endpoints: {
      generateContent: {...asks(decodeGenerateContent, answerDecoder), encodeRequest},
      streamGenerateContent: asks(decodeStreamGenerateContent, answerDecoder),
      countTokens: {...asks(decodeCountTokens, countDecoder), encodeCount},
      embedContent: {...asks(decodeEmbedContent, singleDecoder), encodeEmbed},
      batchEmbedContents: asks(decodeBatchEmbedContents, batchDecoder),
      predict: asks(decodePredict, predictionDecoder),
      ...modelEndpoints(services),
      ...fileEndpoints(stores.files, services),
      ...cacheEndpoints(stores, services),
      ...batchEndpoints(stores.files, services),
      ...interactionEndpoints(stores, services),
      ...refusingEndpoints,
    },
    parseBody: parseLenientJson,
    wireVariant,
    encodeError,
    schemaError,
    faultError,
  };
}

const mebibyte = 1024 * 1024;

export const gemini: DialectDefinition = {...geminiTraits, create: createGemini};
