import type {Dialect, DialectServices} from '../dialect.js';
import {decodeGenerateContent, decodeStreamGenerateContent} from './decode-request.js';
import {encodeError} from './encode-error.js';
import {locate} from './locate.js';
import {modelEndpoints} from './models/endpoints.js';
import {refusingEndpoints} from './not-served.js';

/** The Gemini API, as the Developer API and Vertex AI speak it. */
export function createGemini(services: DialectServices): Dialect {
  return {
    name: 'gemini',
    locate,
    endpoints: {
      generateContent: {kind: 'question', method: 'POST', decodeRequest: decodeGenerateContent},
      streamGenerateContent: {kind: 'question', method: 'POST', decodeRequest: decodeStreamGenerateContent},
      ...modelEndpoints(services),
      ...refusingEndpoints,
    },
    encodeError,
  };
}
