import test from 'ava';
import type {JsonObject, JsonValue} from '../../../../src/chat/json.js';
import type {Handling} from '../../../../src/dialects/kit/fields.js';
import {InputTokensRequest, ResponseRequest} from '../../../../src/dialects/openai/responses/schema.js';
import {bodyWith, decode, decodeFields, refusalOf} from './decode-body.js';

const tools = [{type: 'function', name: 'f', parameters: {}, strict: false}];

type Sample = {
  readonly value: JsonValue;
  /** Fields without which this one has no effect. */
  readonly beside?: JsonObject;
};

/** A sample value of each field that changes the request. A field of the schema without a sample does not compile. */
const samples: Readonly<Record<keyof typeof ResponseRequest.properties, Sample>> = {
  input: {value: 'bye'},
  model: {value: 'gpt-4o-mini'},
  instructions: {value: 'Be brief.'},
  previous_response_id: {value: 'resp_1'},
  tools: {value: tools},
  tool_choice: {value: 'required', beside: {tools}},
  text: {value: {format: {type: 'json_object'}}},
  conversation: {value: 'conv_1'},
  parallel_tool_calls: {value: false, beside: {tools}},
  reasoning: {value: {effort: 'low'}},
  temperature: {value: 0.5},
  top_p: {value: 0.5},
  max_output_tokens: {value: 16},
  top_logprobs: {value: 3},
  include: {value: ['message.output_text.logprobs']},
  stream: {value: true},
  stream_options: {value: {include_obfuscation: false}, beside: {stream: true}},
  store: {value: false},
  metadata: {value: {run: '1'}},
  user: {value: 'user-1'},
  service_tier: {value: 'flex'},
  safety_identifier: {value: 'user-1'},
  prompt_cache_key: {value: 'k'},
  prompt_cache_options: {value: {mode: 'explicit'}},
  prompt_cache_retention: {value: '24h'},
  truncation: {value: 'auto'},
  max_tool_calls: {value: 3},
  image: {value: {context_compression: 'disabled'}},
  client_metadata: {value: {'x-codex-turn-metadata': '{"turn_id":"1"}'}},
  background: {value: true},
  context_management: {value: [{type: 'compaction'}]},
  moderation: {value: {model: 'omni-moderation-latest'}},
  prompt: {value: {id: 'pmpt_1'}},
  access_programs: {value: {cyber: 'standard'}},
};

for (const [name, {value, beside = {}}] of Object.entries(samples)) {
  const handling = handlingOf(ResponseRequest.properties, name);
  const without = () => decode(bodyWith(beside));
  const withIt = () => decode(bodyWith({...beside, [name]: value}));

  test(`${name} is ${handling}`, t => {
    switch (handling) {
      case 'neutral':
        if (name === 'previous_response_id' || name === 'conversation')
          t.throws(withIt, {message: /not found/});
        else t.notDeepEqual(identifying(withIt()), identifying(without()));
        break;
      case 'ignored':
        t.deepEqual(withIt().request, without().request);
        break;
      case 'refused':
        t.like(refusalOf({...beside, [name]: value}), {param: name, code: 'not_supported'});
        break;
      default:
        t.fail(`${name} has no handling`);
    }
  });

  if (name === 'input' || name === 'model') continue;
  test(`${name}: null is the same as an absent field`, t => {
    t.deepEqual(decodeFields({...beside, [name]: null}), without().request);
  });
}

test('what Codex notes on the items of its history is ignored', t => {
  const call = {type: 'function_call', call_id: 'c', name: 'f', arguments: '{}'};
  const history = [
    {type: 'message', role: 'user', content: 'hi'},
    call,
    {type: 'function_call_output', call_id: 'c', output: 'done'},
  ];
  const noted = history.map(item => ({...item, internal_chat_message_metadata_passthrough: {turn_id: '1'}}));
  t.deepEqual(decodeFields({input: noted}), decodeFields({input: history}));
});

const countSamples: Readonly<Record<keyof typeof InputTokensRequest.properties, JsonValue>> = {
  input: 'bye',
  model: 'gpt-4o-mini',
  instructions: 'Be brief.',
  previous_response_id: 'resp_1',
  tools,
  tool_choice: 'none',
  text: {format: {type: 'json_object'}},
  conversation: 'conv_1',
  parallel_tool_calls: false,
  reasoning: {effort: 'low'},
  truncation: 'auto',
  personality: 'friendly',
};

for (const [name, value] of Object.entries(countSamples)) {
  const handling = handlingOf(InputTokensRequest.properties, name);
  const count = (fields: JsonObject) => decode(bodyWith({tools, ...fields}), 'countInputTokens');

  test(`${name} of a token count is ${handling}`, t => {
    switch (handling) {
      case 'neutral':
        if (name === 'previous_response_id' || name === 'conversation')
          t.throws(() => count({[name]: value}), {message: /not found/});
        else if (name === 'tools') t.notDeepEqual(count({tools: []}).request, count({}).request);
        else t.notDeepEqual(identifying(count({[name]: value})), identifying(count({})));
        break;
      case 'ignored':
        t.deepEqual(count({[name]: value}).request, count({}).request);
        break;
      default:
        t.like(refusalOf({[name]: value}, 'countInputTokens'), {param: name, code: 'not_supported'});
    }
  });
}

const meansNothing = test.macro({
  exec(t, fields: JsonObject) {
    t.deepEqual(decodeFields(fields), decodeFields({}));
  },
  title: (_, fields) => `${JSON.stringify(fields)} is the same as an absent field`,
});

test(meansNothing, {tools: []});
test(meansNothing, {tool_choice: 'auto'});
test(meansNothing, {tool_choice: 'none'});
test(meansNothing, {parallel_tool_calls: false});
test(meansNothing, {background: false});
test(meansNothing, {context_management: []});
test(meansNothing, {text: {format: {type: 'text'}}});
test(meansNothing, {text: {}});
test(meansNothing, {reasoning: {summary: 'auto'}});
test(meansNothing, {reasoning: {mode: 'standard'}});
test(meansNothing, {top_logprobs: 0});
test(meansNothing, {include: ['reasoning.encrypted_content']});

test('an unknown field is passed on unchanged, but a field of chat completions is refused', t => {
  t.deepEqual(decodeFields({min_p: 0.05}).extras, {min_p: 0.05});
  for (const name of ['messages', 'n', 'stop', 'seed', 'response_format', 'max_tokens']) {
    t.like(refusalOf({[name]: 1}), {code: 'unknown_parameter', param: name});
  }
});

const refuses = test.macro({
  exec(t, fields: JsonObject, expected: JsonObject) {
    t.like(refusalOf(fields), {type: 'invalid_request_error', ...expected});
  },
  title: (_, fields) => `${JSON.stringify(fields)} is refused`,
});

const user = {role: 'user', content: 'hi'};
const call = {type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}'};
const output = {type: 'function_call_output', call_id: 'call_1', output: 'x'};

test(refuses, {input: null}, {message: "Missing required parameter: 'input'."});
test(refuses, {model: null}, {message: "Missing required parameter: 'model'."});
test(
  refuses,
  {max_output_tokens: 15},
  {
    message:
      "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 15 instead.",
  },
);
test(refuses, {temperature: 2.5}, {param: 'temperature', code: 'decimal_above_max_value'});
test(refuses, {input: 7}, {param: 'input', code: 'invalid_type'});
test(refuses, {input: [user, 7]}, {param: 'input[1]', code: 'invalid_type'});
test(refuses, {input: [{role: 'tool', content: 'x'}]}, {param: 'input[0].role', code: 'invalid_value'});
test(refuses, {input: [{...user, name: 'ann'}]}, {param: 'input[0].name', code: 'unknown_parameter'});
test(
  refuses,
  {input: [{role: 'user', content: [{type: 'text', text: 'x'}]}]},
  {
    message:
      "Invalid value: 'text'. Supported values are: 'input_text', 'input_image', 'input_file', and 'input_audio'.",
    param: 'input[0].content[0].type',
  },
);
test(
  refuses,
  {input: [{role: 'assistant', content: [{type: 'input_text', text: 'x'}]}]},
  {
    message: "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.",
    param: 'input[0].content[0].type',
  },
);
test(
  refuses,
  {input: [{role: 'user', content: [{type: 'input_audio', input_audio: {}}]}]},
  {param: 'input[0].content[0].type', code: 'not_supported'},
);
test(
  refuses,
  {input: [{role: 'user', content: [{type: 'input_image', detail: 'auto'}]}]},
  {param: 'input[0].content[0].image_url', code: 'missing_required_parameter'},
);
test(
  refuses,
  {input: [{role: 'user', content: [{type: 'input_file', file_url: 'https://x', file_data: 'AAAA'}]}]},
  {code: 'mutually_exclusive_parameters'},
);
test(
  refuses,
  {input: [{role: 'user', content: [{type: 'input_file', file_id: 'file-x'}]}]},
  {message: 'No such File object: file-x', param: 'input[0].content[0].file_id'},
);
test(refuses, {input: [{type: 'computer_call', id: 'x'}]}, {param: 'input[0].type', code: 'not_supported'});
test(
  refuses,
  {input: [output]},
  {message: 'No tool call found for function call output with call_id call_1.', param: 'input'},
);
test(
  refuses,
  {input: [output, call]},
  {message: 'No tool call found for function call output with call_id call_1.', param: 'input'},
);
test(
  refuses,
  {input: [user, call]},
  {message: 'No tool output found for function call call_1.', param: 'input'},
);
test(
  refuses,
  {tools: [{type: 'custom', name: 'c', format: {type: 'grammar', syntax: 'ebnf', definition: 'a'}}]},
  {param: 'tools[0].format.syntax', code: 'invalid_value'},
);
test(
  refuses,
  {tools: [{type: 'custom', name: 'c', defer_loading: true}]},
  {param: 'tools[0].defer_loading', code: 'not_supported'},
);
test(
  refuses,
  {tools: [{type: 'namespace', name: 'n', tools: [{type: 'web_search'}]}]},
  {param: 'tools[0].tools[0].type', code: 'invalid_value'},
);
test(
  refuses,
  {
    tools: [
      {type: 'namespace', name: 'n', tools},
      {type: 'function', name: 'n__f'},
    ],
  },
  {param: 'tools[1].name', code: 'invalid_value'},
);
test(
  refuses,
  {input: [user, {type: 'additional_tools', tools: [{type: 'fun'}]}]},
  {param: 'input[1].tools[0].type', code: 'invalid_value'},
);
test(
  refuses,
  {input: [user, {type: 'configuration_update', reasoning: {effort: 'huge'}}]},
  {param: 'input[1].reasoning.effort', code: 'invalid_value'},
);
test(
  refuses,
  {tools, tool_choice: {type: 'custom', name: 'f'}},
  {message: "Tool choice 'f' not found in 'tools' parameter."},
);
test(refuses, {tools: [{type: 'fun'}]}, {param: 'tools[0].type', code: 'invalid_value'});
test(
  refuses,
  {tools: [{type: 'function', function: {name: 'f'}}]},
  {message: "Missing required parameter: 'tools[0].name'."},
);
test(
  refuses,
  {tool_choice: 'required'},
  {message: "Tool choice 'required' not found in 'tools' parameter.", param: 'tool_choice'},
);
test(refuses, {tools: [{type: 'web_search'}], tool_choice: 'required'}, {param: 'tool_choice'});
test(
  refuses,
  {tools: [{type: 'web_search'}], tool_choice: {type: 'web_search'}},
  {param: 'tool_choice.type'},
);
test(
  refuses,
  {tools, tool_choice: {type: 'function', name: 'g'}},
  {message: "Tool choice 'g' not found in 'tools' parameter."},
);
test(refuses, {reasoning: {mode: 'pro'}}, {param: 'reasoning.mode', code: 'not_supported'});
test(refuses, {text: {format: {type: 'grammar'}}}, {param: 'text.format.type', code: 'invalid_value'});
test(
  refuses,
  {text: {format: {type: 'json_schema', schema: {}}}},
  {message: "Missing required parameter: 'text.format.name'."},
);
test(refuses, {stream_options: {include_obfuscation: true}}, {param: 'stream_options'});
test(refuses, {stream: true, stream_options: {include_usage: true}}, {code: 'unknown_parameter'});
test(refuses, {include: ['everything']}, {param: 'include[0]', code: 'invalid_value'});

function handlingOf(properties: Readonly<Record<string, unknown>>, name: string): Handling {
  return (properties[name] as {handling: Handling}).handling;
}

function identifying({request, modelName}: ReturnType<typeof decode>) {
  return {request, modelName};
}
