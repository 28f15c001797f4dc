import type {CaseName, FailingCase} from './cases.js';

export const languages = ['javascript', 'python', 'go', 'java'] as const;
export type Language = (typeof languages)[number];

/** The error that an SDK raises, and how many requests it sends before. */
export type Raised = {readonly raised: string; readonly status: number | null; readonly requests: number};

export type Sdk = {
  /** The id that the programs use. */
  readonly id: string;
  readonly language: Language;
  /** The name of its package. */
  readonly name: string;
  /** The installed and tested version. */
  readonly version: string;
  /** The cases that it does not support, and why. */
  readonly cannot: Partial<Readonly<Record<CaseName, string>>>;
  readonly raises: Readonly<Record<FailingCase, Raised>>;
};

const ofAnthropic = {
  candidates: 'the API returns a single candidate',
  logprobs: 'the API returns none',
  embeddings: 'the API has no embeddings',
  upload: 'retake stores no files for this API',
};

const ofAiSdk = {
  candidates: 'it requests a single candidate',
  logprobs: 'they are in the metadata of one provider only',
  'token count': 'it has no such method',
  models: 'it has no model list',
  upload: 'its files are tied to the provider that stores them',
};

const ofLangchain = {
  'token count': 'it counts tokens locally',
  models: 'it has no model list',
  upload: 'it has no file upload',
};

const ofLangchainGoogle = {
  candidates: 'it requests a single candidate',
  logprobs: 'it does not pass them on',
};

export const sdks: readonly Sdk[] = [
  {
    id: 'genai',
    language: 'javascript',
    name: '@google/genai',
    version: '3.3.0',
    cannot: {},
    raises: {
      'error shapes': {raised: 'ApiError', status: 400, requests: 1},
      'a miss': {raised: 'ApiError', status: 400, requests: 1},
      failure: {raised: 'ApiError', status: 502, requests: 1},
      'failure in mid-stream': {raised: 'ApiError', status: 502, requests: 1},
    },
  },
  {
    id: 'genai-1',
    language: 'javascript',
    name: '@google/genai',
    version: '1.52.0',
    cannot: {},
    raises: {
      'error shapes': {raised: 'ApiError', status: 400, requests: 1},
      'a miss': {raised: 'ApiError', status: 400, requests: 1},
      failure: {raised: 'ApiError', status: 502, requests: 1},
      'failure in mid-stream': {raised: 'TypeError', status: null, requests: 1},
    },
  },
  {
    id: 'openai',
    language: 'javascript',
    name: 'openai',
    version: '7.57.0',
    cannot: {},
    raises: {
      'error shapes': {raised: 'BadRequestError', status: 400, requests: 1},
      'a miss': {raised: 'BadRequestError', status: 400, requests: 1},
      failure: {raised: 'InternalServerError', status: 502, requests: 3},
      'failure in mid-stream': {raised: 'APIError', status: null, requests: 1},
    },
  },
  {
    id: 'anthropic',
    language: 'javascript',
    name: '@anthropic-ai/sdk',
    version: '1.13.0',
    cannot: ofAnthropic,
    raises: {
      'error shapes': {raised: 'BadRequestError', status: 400, requests: 1},
      'a miss': {raised: 'BadRequestError', status: 400, requests: 1},
      failure: {raised: 'InternalServerError', status: 502, requests: 3},
      'failure in mid-stream': {raised: 'APIError', status: null, requests: 1},
    },
  },
  {
    id: 'ai-sdk-google',
    language: 'javascript',
    name: '@ai-sdk/google',
    version: '4.0.121',
    cannot: ofAiSdk,
    raises: {
      'error shapes': {raised: 'APICallError', status: 400, requests: 1},
      'a miss': {raised: 'APICallError', status: 400, requests: 1},
      failure: {raised: 'APICallError', status: 502, requests: 3},
      'failure in mid-stream': {raised: 'StreamProviderError', status: 502, requests: 1},
    },
  },
  {
    id: 'ai-sdk-openai',
    language: 'javascript',
    name: '@ai-sdk/openai',
    version: '4.0.118',
    cannot: ofAiSdk,
    raises: {
      'error shapes': {raised: 'APICallError', status: 400, requests: 1},
      'a miss': {raised: 'APICallError', status: 400, requests: 1},
      failure: {raised: 'APICallError', status: 502, requests: 3},
      'failure in mid-stream': {raised: 'StreamProviderError', status: 500, requests: 1},
    },
  },
  {
    id: 'ai-sdk-anthropic',
    language: 'javascript',
    name: '@ai-sdk/anthropic',
    version: '4.0.105',
    cannot: {...ofAiSdk, ...ofAnthropic},
    raises: {
      'error shapes': {raised: 'APICallError', status: 400, requests: 1},
      'a miss': {raised: 'APICallError', status: 400, requests: 1},
      failure: {raised: 'APICallError', status: 502, requests: 3},
      'failure in mid-stream': {raised: 'StreamProviderError', status: 500, requests: 1},
    },
  },
  {
    id: 'langchain-google',
    language: 'javascript',
    name: '@langchain/google-genai',
    version: '2.3.2',
    cannot: {...ofLangchain, ...ofLangchainGoogle},
    raises: {
      'error shapes': {raised: 'GoogleGenerativeAIFetchError', status: 400, requests: 1},
      'a miss': {raised: 'GoogleGenerativeAIFetchError', status: 400, requests: 1},
      failure: {raised: 'GoogleGenerativeAIFetchError', status: 502, requests: 7},
      'failure in mid-stream': {raised: 'GoogleGenerativeAIError', status: null, requests: 1},
    },
  },
  {
    id: 'langchain-openai',
    language: 'javascript',
    name: '@langchain/openai',
    version: '1.6.0',
    cannot: ofLangchain,
    raises: {
      'error shapes': {raised: 'BadRequestError', status: 400, requests: 1},
      'a miss': {raised: 'BadRequestError', status: 400, requests: 1},
      failure: {raised: 'InternalServerError', status: 502, requests: 7},
      'failure in mid-stream': {raised: 'APIError', status: null, requests: 1},
    },
  },
  {
    id: 'google-genai',
    language: 'python',
    name: 'google-genai',
    version: '3.6.1',
    cannot: {},
    raises: {
      'error shapes': {raised: 'ClientError', status: 400, requests: 1},
      'a miss': {raised: 'ClientError', status: 400, requests: 1},
      failure: {raised: 'ServerError', status: 502, requests: 1},
      'failure in mid-stream': {raised: 'ServerError', status: 502, requests: 1},
    },
  },
  {
    id: 'openai-python',
    language: 'python',
    name: 'openai for Python',
    version: '3.57.0',
    cannot: {},
    raises: {
      'error shapes': {raised: 'BadRequestError', status: 400, requests: 1},
      'a miss': {raised: 'BadRequestError', status: 400, requests: 1},
      failure: {raised: 'InternalServerError', status: 502, requests: 3},
      'failure in mid-stream': {raised: 'APIError', status: null, requests: 1},
    },
  },
  {
    id: 'anthropic-python',
    language: 'python',
    name: 'anthropic',
    version: '2.13.0',
    cannot: ofAnthropic,
    raises: {
      'error shapes': {raised: 'BadRequestError', status: 400, requests: 1},
      'a miss': {raised: 'BadRequestError', status: 400, requests: 1},
      failure: {raised: 'InternalServerError', status: 502, requests: 3},
      'failure in mid-stream': {raised: 'APIStatusError', status: 200, requests: 1},
    },
  },
  {
    id: 'genai-go',
    language: 'go',
    name: 'google.golang.org/genai',
    version: '1.77.0',
    cannot: {},
    raises: {
      'error shapes': {raised: 'genai.APIError', status: 400, requests: 1},
      'a miss': {raised: 'genai.APIError', status: 400, requests: 1},
      failure: {raised: 'genai.APIError', status: 502, requests: 1},
      'failure in mid-stream': {raised: 'genai.APIError', status: 502, requests: 1},
    },
  },
  {
    id: 'openai-go',
    language: 'go',
    name: 'openai-go',
    version: '3.96.0',
    cannot: {},
    raises: {
      'error shapes': {raised: 'openai.Error', status: 400, requests: 1},
      'a miss': {raised: 'openai.Error', status: 400, requests: 1},
      failure: {raised: 'openai.Error', status: 502, requests: 3},
      'failure in mid-stream': {raised: '*ssestream.StreamError', status: null, requests: 1},
    },
  },
  {
    id: 'anthropic-go',
    language: 'go',
    name: 'anthropic-sdk-go',
    version: '1.84.0',
    cannot: ofAnthropic,
    raises: {
      'error shapes': {raised: 'anthropic.Error', status: 400, requests: 1},
      'a miss': {raised: 'anthropic.Error', status: 400, requests: 1},
      failure: {raised: 'anthropic.Error', status: 502, requests: 3},
      'failure in mid-stream': {raised: 'anthropic.Error', status: 200, requests: 1},
    },
  },
  {
    id: 'genai-go-oldest',
    language: 'go',
    name: 'google.golang.org/genai',
    version: '1.51.0',
    cannot: {'failure in mid-stream': 'it treats the end of a broken stream as the end of the answer'},
    raises: {
      'error shapes': {raised: 'genai.APIError', status: 400, requests: 1},
      'a miss': {raised: 'genai.APIError', status: 400, requests: 1},
      failure: {raised: 'genai.APIError', status: 502, requests: 1},
      'failure in mid-stream': {raised: 'genai.APIError', status: 502, requests: 1},
    },
  },
  {
    id: 'openai-go-oldest',
    language: 'go',
    name: 'openai-go',
    version: '3.30.0',
    cannot: {'token count': 'this version has no such method'},
    raises: {
      'error shapes': {raised: 'openai.Error', status: 400, requests: 1},
      'a miss': {raised: 'openai.Error', status: 400, requests: 1},
      failure: {raised: 'openai.Error', status: 502, requests: 3},
      'failure in mid-stream': {raised: '*ssestream.StreamError', status: null, requests: 1},
    },
  },
  {
    id: 'genai-java',
    language: 'java',
    name: 'google-genai for Java',
    version: '1.70.0',
    cannot: {},
    raises: {
      'error shapes': {raised: 'ClientException', status: 400, requests: 1},
      'a miss': {raised: 'ClientException', status: 400, requests: 1},
      failure: {raised: 'ServerException', status: 502, requests: 5},
      'failure in mid-stream': {raised: 'GenAiIOException', status: null, requests: 1},
    },
  },
  {
    id: 'openai-java',
    language: 'java',
    name: 'openai-java',
    version: '4.101.0',
    cannot: {},
    raises: {
      'error shapes': {raised: 'BadRequestException', status: 400, requests: 1},
      'a miss': {raised: 'BadRequestException', status: 400, requests: 1},
      failure: {raised: 'InternalServerException', status: 502, requests: 3},
      'failure in mid-stream': {raised: 'SseException', status: 200, requests: 1},
    },
  },
];
