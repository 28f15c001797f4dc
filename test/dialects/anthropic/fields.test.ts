import type {TObject} from '@sinclair/typebox';
import test from 'ava';
import type {JsonObject, JsonValue} from '../../../src/chat/json.js';
import {
  blocks,
  CountTokensRequest,
  Message,
  MessagesRequest,
  OutputConfig,
  OutputFormat,
  Thinking,
  Tool,
  ToolChoice,
} from '../../../src/dialects/anthropic/messages/schema.js';
import {bodyWith, decode, decodeFields, refusalOf} from './decode-body.js';

type Sample = {readonly value: JsonValue; readonly beside?: JsonObject};

const tool = {name: 'f', input_schema: {type: 'object'}};
const cache = {type: 'ephemeral'};

/** A sample value of each field that changes the request. A field of the schema without a sample does not compile. */
const samples: Readonly<Record<keyof typeof MessagesRequest.properties, Sample>> = {
  model: {value: 'claude-2'},
  messages: {value: [{role: 'user', content: 'bye'}]},
  max_tokens: {value: 5},
  system: {value: 'Be brief.'},
  tools: {value: [tool]},
  tool_choice: {value: {type: 'any'}, beside: {tools: [tool]}},
  thinking: {value: {type: 'enabled', budget_tokens: 1024}},
  output_config: {value: {effort: 'low'}},
  output_format: {value: {type: 'json_schema', schema: {type: 'object'}}},
  cache_control: {value: cache},
  speed: {value: 'fast'},
  user_profile_id: {value: 'u'},
  workspace_id: {value: 'w'},
  context_management: {value: {edits: []}},
  mcp_servers: {value: [{type: 'url', name: 'm', url: 'https://example.com'}]},
  temperature: {value: 0.5},
  top_p: {value: 0.5},
  top_k: {value: 3},
  stop_sequences: {value: ['END']},
  stream: {value: true},
  metadata: {value: {user_id: 'u'}},
  service_tier: {value: 'auto'},
  inference_geo: {value: 'eu'},
  diagnostics: {value: {previous_message_id: null}},
  billing_policy: {value: {}},
  betas: {value: ['files-api']},
  container: {value: 'c'},
  compaction: {value: {}},
  fallbacks: {value: [{model: 'b'}]},
  fallback_credit_token: {value: 'x'},
  thread: {value: {type: 'create'}},
};

for (const [name, {value, beside = {}}] of Object.entries(samples)) {
  const handling = handlingOf(MessagesRequest, name);
  test(`${name} is ${handling}`, t => {
    const body = bodyWith({...beside, [name]: value});
    if (handling === 'refused') {
      t.like(refusalOf(body), {status: 400, type: 'invalid_request_error'});
      return;
    }
    const [withIt, without] = [decode(body), decode(bodyWith(beside))];
    const changes = JSON.stringify(withIt.request) !== JSON.stringify(without.request);
    if (name === 'model') t.not(withIt.modelName, without.modelName);
    else t.is(changes, handling !== 'ignored');
    t.is((withIt.warnings?.length ?? 0) > 0, handling === 'unserved');
  });

  if (['model', 'messages', 'max_tokens'].includes(name)) continue;
  test(`${name}: null is the same as an absent field`, t => {
    t.deepEqual(decodeFields({...beside, [name]: null}), decodeFields(beside));
  });
}

test('every field of every object has a handling', t => {
  const objects: readonly TObject[] = [
    ...[MessagesRequest, CountTokensRequest, Message, Tool, ToolChoice, Thinking, OutputConfig, OutputFormat],
    ...Object.values<TObject>(blocks),
  ];
  for (const schema of objects) {
    for (const name of Object.keys(schema.properties)) {
      const isTag = name === 'type' && schema.properties[name]?.['const'] !== undefined;
      if (!isTag) t.truthy(handlingOf(schema, name), name);
    }
  }
});

const ignoredInside = test.macro({
  exec(t, withIt: JsonObject, without: JsonObject) {
    t.deepEqual(decodeFields(withIt), decodeFields(without));
  },
  title: (_title, withIt) => `${JSON.stringify(withIt)} adds nothing to the request`,
});
const said = (...content: JsonObject[]) => ({messages: [{role: 'user', content}]});
const text = {type: 'text', text: 'a'};
test(ignoredInside, said({...text, cache_control: cache, citations: null}), said(text));
test(ignoredInside, {system: [{...text, cache_control: cache}]}, {system: [text]});
test(ignoredInside, {system: [text]}, {system: 'a'});
test(ignoredInside, {system: ''}, {});
test(
  ignoredInside,
  {tools: [{...tool, type: 'custom', strict: true, cache_control: cache, defer_loading: false}]},
  {tools: [{...tool, strict: true}]},
);
test(
  ignoredInside,
  {thinking: {type: 'enabled', budget_tokens: 1024, display: 'omitted'}},
  {thinking: {type: 'enabled', budget_tokens: 1024}},
);
test(
  ignoredInside,
  {
    messages: [
      {role: 'user', content: 'a'},
      {
        role: 'assistant',
        content: [
          {type: 'thinking', thinking: 'hm', signature: 's'},
          {type: 'redacted_thinking', data: 'x'},
          text,
        ],
      },
      {role: 'user', content: 'b'},
    ],
  },
  {
    messages: [
      {role: 'user', content: 'a'},
      {role: 'assistant', content: 'a'},
      {role: 'user', content: 'b'},
    ],
  },
);

function handlingOf(schema: TObject, name: string): string | undefined {
  return schema.properties[name]?.['handling'];
}
