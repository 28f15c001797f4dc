import test from 'ava';
import type {JsonObject, JsonValue} from '../../../src/chat/json.js';
import type {Handling} from '../../../src/dialects/kit/fields.js';
import {
  ChatCompletionRequest,
  JsonSchemaFormat,
  Message,
  StreamOptions,
} from '../../../src/dialects/openai/chat-completions/schema.js';
import {bodyWith, decode, decodeFields, decodeMessages, refusalOf} from './decode-body.js';

type Sample = {
  readonly value: JsonValue;
  /** Fields that this one requires. */
  readonly beside?: JsonObject;
};

/** A sample value of each field that changes the request. A field of the schema without a sample does not compile. */
const requestSamples: Readonly<Record<keyof typeof ChatCompletionRequest.properties, Sample>> = {
  messages: {value: [{role: 'user', content: 'bye'}]},
  model: {value: 'gpt-4o-mini'},
  temperature: {value: 0.5},
  top_p: {value: 0.5},
  top_k: {value: 40},
  seed: {value: 7},
  stop: {value: 'END'},
  max_tokens: {value: 5},
  max_completion_tokens: {value: 5},
  presence_penalty: {value: 1},
  frequency_penalty: {value: 1},
  logit_bias: {value: {'50256': -100}},
  n: {value: 2},
  logprobs: {value: true},
  top_logprobs: {value: 3, beside: {logprobs: true}},
  response_format: {value: {type: 'json_object'}},
  reasoning_effort: {value: 'low'},
  prediction: {value: {type: 'content', content: 'hello'}},
  verbosity: {value: 'low'},
  stream: {value: true},
  stream_options: {value: {include_usage: true, include_obfuscation: false}, beside: {stream: true}},
  user: {value: 'user-1'},
  metadata: {value: {run: '1'}},
  store: {value: true},
  service_tier: {value: 'flex'},
  safety_identifier: {value: 'user-1'},
  prompt_cache_key: {value: 'k'},
  prompt_cache_options: {value: {mode: 'explicit'}},
  prompt_cache_retention: {value: '24h'},
  modalities: {value: ['text', 'audio']},
  audio: {value: {voice: 'alloy', format: 'wav'}},
  moderation: {value: {model: 'omni-moderation-latest'}},
  web_search_options: {value: {}},
  tools: {value: [{type: 'function', function: {name: 'f'}}]},
  tool_choice: {value: 'none', beside: {tools: [{type: 'function', function: {name: 'f'}}]}},
  parallel_tool_calls: {value: false, beside: {tools: [{type: 'function', function: {name: 'f'}}]}},
  functions: {value: [{name: 'f'}]},
  function_call: {value: 'none', beside: {functions: [{name: 'f'}]}},
};

const messageSamples: Readonly<Record<keyof typeof Message.properties, JsonValue>> = {
  role: 'system',
  content: 'bye',
  name: 'ann',
  refusal: 'I will not',
  annotations: [{type: 'url_citation'}],
  reasoning_content: 'hm',
  reasoning: 'hm',
  reasoning_details: [{type: 'reasoning.text', text: 'hm'}],
  thinking_blocks: [{type: 'thinking', thinking: 'hm', signature: 's'}],
  extra_content: {google: {thought_signature: 's'}},
  provider_specific_fields: {thought_signature: 's'},
  parsed: {answer: 1},
  cache_control: {type: 'ephemeral'},
  audio: {id: 'audio_1'},
  tool_calls: [{id: 'call_1', type: 'function', function: {name: 'f', arguments: '{}'}}],
  tool_call_id: 'call_1',
  function_call: {name: 'f', arguments: '{}'},
};

for (const [name, {value, beside = {}}] of Object.entries(requestSamples)) {
  const handling = handlingOf(ChatCompletionRequest.properties, name);
  const without = () => decode(bodyWith(beside));
  const withIt = () => decode(bodyWith({...beside, [name]: value}));

  test(`${name} is ${handling}`, t => {
    switch (handling) {
      case 'neutral':
        t.notDeepEqual(identifying(withIt()), identifying(without()));
        t.is(withIt().request.extras, undefined);
        break;
      case 'extras':
        t.deepEqual(withIt().request, {...without().request, extras: {[name]: value}});
        break;
      case 'ignored':
        t.deepEqual({...withIt().request, unkeyed: undefined}, {...without().request, unkeyed: undefined});
        break;
      case 'refused': {
        const {status, error} = refusalOf(bodyWith({...beside, [name]: value}));
        t.like(
          {status, ...error},
          {status: 400, param: name, code: 'not_supported', type: 'invalid_request_error'},
        );
        break;
      }
    }
  });

  if (name === 'messages' || name === 'model') continue;
  test(`${name}: null is the same as an absent field`, t => {
    t.deepEqual(decodeFields({...beside, [name]: null}), without().request);
  });
}

for (const [name, value] of Object.entries(messageSamples)) {
  if (name === 'role') continue;
  const handling = handlingOf(Message.properties, name);
  const said: JsonObject = {role: 'assistant', content: 'hello'};

  // Tests of tools check which call a message answers.
  if (name === 'tool_call_id') continue;
  const answers = name === 'tool_calls' ? [{role: 'tool', tool_call_id: 'call_1', content: 'x'}] : [];

  test(`${name} of a message is ${handling}`, t => {
    const message = {...said, [name]: value};
    switch (handling) {
      case 'neutral':
        t.notDeepEqual(decodeMessages(message, ...answers)[0], decodeMessages(said)[0]);
        break;
      case 'ignored':
        t.deepEqual(decodeMessages(message), decodeMessages(said));
        break;
      case 'refused':
        t.like(refusalOf(bodyWith({messages: [said, message]})).error, {
          param: `messages[1].${name}`,
          code: 'not_supported',
        });
        break;
      default:
        t.fail(`A message has nowhere to carry ${name}`);
    }
  });

  if (name === 'content') continue;
  test(`${name} of a message: null is the same as an absent field`, t => {
    t.deepEqual(decodeMessages({...said, [name]: null}), decodeMessages(said));
  });
}

test('every optional field has a handling', t => {
  for (const schema of [ChatCompletionRequest, Message, StreamOptions, JsonSchemaFormat]) {
    const required: readonly string[] = schema.required ?? [];
    for (const name of Object.keys(schema.properties)) {
      if (!required.includes(name)) t.truthy(handlingOf(schema.properties, name), name);
    }
  }
});

test('only these fields are ignored', t => {
  const ignored = (properties: Readonly<Record<string, unknown>>) =>
    Object.keys(properties).filter(name => handlingOf(properties, name) === 'ignored');
  t.deepEqual(ignored(ChatCompletionRequest.properties), [
    'stream',
    'stream_options',
    'user',
    'metadata',
    'store',
    'service_tier',
    'safety_identifier',
    'prompt_cache_key',
    'prompt_cache_options',
    'prompt_cache_retention',
  ]);
  t.deepEqual(ignored(Message.properties), [
    'annotations',
    'reasoning_content',
    'reasoning',
    'reasoning_details',
    'thinking_blocks',
    'provider_specific_fields',
    'extra_content',
    'parsed',
    'cache_control',
  ]);
  t.deepEqual(ignored(JsonSchemaFormat.properties), ['strict']);
});

const meansNothing = test.macro({
  exec(t, fields: JsonObject) {
    t.deepEqual(decodeFields(fields), decodeFields({}));
  },
  title: (_, fields) => `${JSON.stringify(fields)} is the same as an absent field`,
});

test(meansNothing, {tools: []});
test(meansNothing, {functions: []});
test(meansNothing, {tools: [], parallel_tool_calls: null});
test(meansNothing, {modalities: ['text']});
test(meansNothing, {logit_bias: {}});
test(meansNothing, {stop: []});
test(meansNothing, {logprobs: false});
test(meansNothing, {stream: false});
test(meansNothing, {response_format: {type: 'text'}});
test(meansNothing, {unheard_of: null});

test('an unknown field is passed on unchanged', t => {
  const unknown = {
    min_p: 0.05,
    chat_template_kwargs: {enable_thinking: false, deep: [null, 1]},
    toString: 'x',
  };
  t.deepEqual(decodeFields(unknown).extras, unknown);
});

function handlingOf(properties: Readonly<Record<string, unknown>>, name: string): Handling {
  return (properties[name] as {handling: Handling}).handling;
}

function identifying({request, modelName}: ReturnType<typeof decode>) {
  return {request, modelName};
}
