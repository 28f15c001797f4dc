import {Type} from '@sinclair/typebox';
import {given} from '../places.js';
import {httpAddress} from './http-address.js';

/** The server that answers in place of a local model. */
export const upstreamSettings = {
  upstream: Type.Optional(
    Type.String({
      pattern: '^(https?://|provider$)',
      description:
        "OpenAI-compatible server, or `provider` for the API's own provider, instead of a local model",
      ...given({
        placeholder: 'url|provider',
        expected: `provider, or ${httpAddress}`,
        variables: ['RETAKE_UPSTREAM', 'LK_UPSTREAM'],
      }),
    }),
  ),
  upstreamGemini: providerUrl('Gemini', 'https://generativelanguage.googleapis.com'),
  upstreamOpenai: providerUrl('OpenAI', 'https://api.openai.com/v1'),
  upstreamAnthropic: providerUrl('Anthropic', 'https://api.anthropic.com'),
  maxTokensSpent: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'With --upstream provider: tokens after which no further request is sent',
      ...given({placeholder: 'tokens'}),
    }),
  ),
  upstreamConcurrency: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'Requests that the upstream gets at once; the others wait (default: no limit)',
      ...given({placeholder: 'count'}),
    }),
  ),
  upstreamAuthHeader: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'Authorization header for the upstream, such as `Authorization: Bearer …`; sent to its host only',
      ...given({flag: false, file: false, variables: ['LK_UPSTREAM_AUTH_HEADER'], secret: true}),
    }),
  ),
};

/** The providers' keys. */
export const keySettings = {
  geminiApiKey: providerKey('Gemini'),
  openaiApiKey: providerKey('OpenAI'),
  anthropicApiKey: providerKey('Anthropic'),
};

/** Another host for one API's provider. */
function providerUrl(api: string, official: string) {
  return Type.Optional(
    Type.String({
      pattern: '^https?://',
      description: `With --upstream provider: base URL of the ${api} API (default: ${official})`,
      ...given({placeholder: 'url', expected: httpAddress}),
    }),
  );
}

/** The key for one API's provider. */
function providerKey(api: string) {
  return Type.Optional(
    Type.String({
      minLength: 1,
      description: `With --upstream provider: key for the ${api} API, in place of the client's own`,
      ...given({flag: false, file: false, variables: [`RETAKE_${api.toUpperCase()}_API_KEY`], secret: true}),
    }),
  );
}
