import type {TObject} from '@sinclair/typebox';
import test from 'ava';
import type {JsonObject, JsonValue} from '../../../src/chat/json.js';
import {CompletionRequest} from '../../../src/dialects/openai/completions/schema.js';
import {EmbeddingRequest} from '../../../src/dialects/openai/embeddings/schema.js';
import {RetakeError} from '../../../src/errors.js';
import {openai, questionEndpoint} from '../../support/dialects.js';

/** A sample value of each field that changes the request. A field of the schema without a sample does not compile. */
const completionSamples: Readonly<Record<keyof typeof CompletionRequest.properties, JsonValue>> = {
  prompt: 'bye',
  model: 'other',
  temperature: 0.5,
  top_p: 0.5,
  top_k: 40,
  seed: 7,
  stop: 'END',
  max_tokens: 5,
  presence_penalty: 1,
  frequency_penalty: 1,
  logit_bias: {'7': -100},
  n: 2,
  logprobs: 3,
  stream: true,
  stream_options: {include_usage: true},
  user: 'user-1',
  best_of: 3,
  echo: true,
  suffix: 'the end',
};

const embeddingSamples: Readonly<Record<keyof typeof EmbeddingRequest.properties, JsonValue>> = {
  input: 'bye',
  model: 'other',
  dimensions: 64,
  encoding_format: 'base64',
  user: 'user-1',
};

walk('completions', {
  schema: CompletionRequest,
  samples: completionSamples,
  body: {model: 'm', prompt: 'hi'},
});
walk('embeddings', {schema: EmbeddingRequest, samples: embeddingSamples, body: {model: 'm', input: 'hi'}});

function walk(
  endpoint: string,
  {
    schema,
    samples,
    body,
  }: {
    readonly schema: TObject;
    readonly samples: Readonly<Record<string, JsonValue>>;
    readonly body: JsonObject;
  },
): void {
  const decode = (fields: JsonObject) => {
    const {request, modelName} = questionEndpoint(openai.endpoints[endpoint]).decodeRequest({
      path: `/v1/${endpoint}`,
      params: {},
      query: new URLSearchParams(),
      headers: {},
      body: {...body, ...fields},
    });
    return {request, modelName};
  };
  for (const [name, value] of Object.entries(samples)) {
    const {handling} = schema.properties[name] as unknown as {handling: string};
    const fields = name === 'stream_options' ? {stream: true, [name]: value} : {[name]: value};

    test(`${name} of ${endpoint} is ${handling}`, t => {
      if (handling === 'neutral') t.notDeepEqual(decode(fields), decode({}));
      else if (handling === 'ignored') t.deepEqual(decode(fields), decode({}));
      else {
        const error = t.throws(() => decode(fields), {instanceOf: RetakeError, code: 'not_supported'});
        t.is(error?.field, name);
      }
    });

    if (name === 'model' || name === 'input' || name === 'prompt') continue;
    test(`${name} of ${endpoint}: null is the same as an absent field`, t => {
      t.deepEqual(decode({[name]: null}), decode({}));
    });
  }

  test(`${endpoint} passes on an unknown field, but refuses a field of chat completions`, t => {
    t.deepEqual(decode({unheard_of: 1}).request.extras, {unheard_of: 1});
    t.throws(() => decode({messages: []}), {message: "Unknown parameter: 'messages'."});
  });
}
