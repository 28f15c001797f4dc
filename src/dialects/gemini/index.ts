import type {Dialect} from '../dialect.js';
import {decodeGenerateContent, decodeStreamGenerateContent} from './decode-request.js';
import {encodeError} from './encode-error.js';
import {locate} from './locate.js';

/** The Gemini API, as the Developer API and Vertex AI speak it. */
export const gemini: Dialect = {
  name: 'gemini',
  locate,
  endpoints: {
    generateContent: {method: 'POST', decodeRequest: decodeGenerateContent},
    streamGenerateContent: {method: 'POST', decodeRequest: decodeStreamGenerateContent},
  },
  encodeError,
};
