import test from 'ava';
import type {JsonValue} from '../../../src/chat/json.js';
import {ask, configured, refusalOf} from './ask.js';

const asks = test.macro({
  exec(t, body: JsonValue, request: object) {
    t.deepEqual(ask(body).request, {operation: 'chat', turns: [], ...request} as never);
  },
  title: (_, body: JsonValue) => `${JSON.stringify(body)} is decoded`,
});

const said = (role: string, ...texts: readonly string[]) => ({
  role,
  parts: texts.map(text => ({type: 'text', text})),
});

test(asks, {contents: [{parts: [{text: 'Hi'}]}]}, {turns: [said('user', 'Hi')]});
test(
  asks,
  {contents: [{role: '', parts: [{text: 'Hi'}]}], generationConfig: {}, safetySettings: []},
  {
    turns: [said('user', 'Hi')],
  },
);
test(
  asks,
  {
    systemInstruction: {role: 'user', parts: [{text: 'Be brief.'}, {text: 'Be kind.'}]},
    contents: [
      {role: 'model', parts: [{text: 'Hello'}]},
      {role: 'user', parts: [{text: 'one'}, {text: 'two'}]},
      {role: 'user', parts: [{text: 'three'}]},
      {role: 'function', parts: [{text: '4'}]},
    ],
  },
  {
    turns: [
      said('system', 'Be brief.', 'Be kind.'),
      said('assistant', 'Hello'),
      said('user', 'one', 'two'),
      said('user', 'three'),
      said('tool', '4'),
    ],
  },
);
test(
  asks,
  {
    contents: [
      {role: 'user', parts: [{text: 'Hi'}]},
      {role: 'model', parts: [{text: 'Hm', thought: true, thoughtSignature: 'abc_'}]},
      {
        role: 'model',
        parts: [{text: 'Hm', thought: true}, {thought: true}, {text: 'Hello', thoughtSignature: 'a-c='}],
      },
      {role: 'model', parts: [{text: ''}]},
      {role: 'user', parts: [{text: ''}]},
    ],
  },
  {turns: [said('user', 'Hi'), said('assistant', 'Hello'), said('user', '')]},
);
test(
  asks,
  {contents: [{parts: [{text: 'Hi'}]}], systemInstruction: {}, tools: [], toolConfig: {}, cachedContent: ''},
  {
    turns: [said('user', 'Hi')],
  },
);

const configures = test.macro({
  exec(t, config: JsonValue, members: object) {
    t.deepEqual(ask(configured(config)).request, {
      operation: 'chat',
      turns: [said('user', 'Hi')],
      ...members,
    } as never);
  },
  title: (_, config: JsonValue) => `generationConfig ${JSON.stringify(config)} is decoded`,
});

test(
  configures,
  {
    temperature: 0,
    topP: 1,
    topK: 0,
    seed: -1,
    maxOutputTokens: 1,
    stopSequences: ['b', 'a'],
    presencePenalty: -2,
    frequencyPenalty: 1.9,
  },
  {
    sampling: {
      temperature: 0,
      topP: 1,
      topK: 0,
      seed: -1,
      maxTokens: 1,
      stop: ['b', 'a'],
      presencePenalty: -2,
      frequencyPenalty: 1.9,
    },
  },
);
test(configures, {candidateCount: 8}, {candidates: 8});
test(configures, {responseLogprobs: true}, {logprobs: {top: 0}});
test(configures, {responseLogprobs: true, logprobs: 20}, {logprobs: {top: 20}});
test(configures, {responseLogprobs: false}, {});
test(
  configures,
  {responseModalities: ['TEXT'], mediaResolution: 'MEDIA_RESOLUTION_LOW', audioTimestamp: false},
  {},
);
test(configures, {responseModalities: []}, {});
test(configures, {thinkingConfig: {}}, {});
test(configures, {thinkingConfig: {thinkingBudget: 0}}, {reasoning: {budget: 0}});
test(
  configures,
  {thinkingConfig: {thinkingBudget: -1, includeThoughts: true}},
  {
    reasoning: {budget: -1, includeThoughts: true},
  },
);
test(configures, {thinkingConfig: {thinkingLevel: 'MINIMAL'}}, {reasoning: {effort: 'minimal'}});
test(configures, {thinkingConfig: {thinkingLevel: 'THINKING_LEVEL_UNSPECIFIED'}}, {});
test(configures, {responseMimeType: 'text/plain'}, {});
test(configures, {responseMimeType: ''}, {});
test(configures, {responseMimeType: 'application/json'}, {output: {type: 'json'}});
test(
  configures,
  {responseMimeType: 'application/json', responseSchema: {type: 'STRING'}},
  {
    output: {type: 'json-schema', schema: {type: 'string'}},
  },
);
test(
  configures,
  {responseMimeType: 'text/x.enum', responseSchema: {type: 'STRING', enum: ['A', 'B']}},
  {
    output: {type: 'enum', schema: {type: 'string', enum: ['A', 'B']}},
  },
);
test(
  configures,
  {responseMimeType: 'text/x.enum', responseJsonSchema: {enum: ['A', 'B']}},
  {
    output: {type: 'enum', schema: {enum: ['A', 'B']}},
  },
);
test(
  configures,
  {responseFormat: {text: {mimeType: 'APPLICATION_JSON', schema: {type: 'object'}}}},
  {
    output: {type: 'json-schema', schema: {type: 'object'}},
  },
);
test(configures, {responseFormat: [{text: {mimeType: 'application-json'}}]}, {output: {type: 'json'}});
test(configures, {responseFormat: [{text: {mimeType: 'TEXT_PLAIN'}}]}, {});
test(configures, {responseFormat: []}, {});

const refuses = test.macro({
  exec(t, config: JsonValue, message: string) {
    const refusal = refusalOf(configured(config));
    t.like(refusal, {code: 'invalid_request', status: 400});
    t.is(refusal.message, message);
  },
  title: (_, config: JsonValue) => `generationConfig ${JSON.stringify(config)} is refused`,
});

const outOfRange = (name: string, range: string) =>
  `* GenerateContentRequest.generation_config.${name}: ${name} must be in the range ${range}.\n`;

for (const temperature of [-0.1, 2.1, 'NaN', 'Infinity']) {
  test(refuses, {temperature}, outOfRange('temperature', '[0.0, 2.0]'));
}
for (const topP of [-0.1, 1.1]) test(refuses, {topP}, outOfRange('top_p', '[0.0, 1.0]'));
for (const candidateCount of [0, 9]) {
  test(refuses, {candidateCount}, outOfRange('candidate_count', '[1, 8]'));
}
for (const logprobs of [-1, 21]) {
  test(refuses, {responseLogprobs: true, logprobs}, outOfRange('logprobs', '[0, 20]'));
}
for (const presencePenalty of [-2.1, 2]) {
  test(refuses, {presencePenalty}, outOfRange('presence_penalty', '[-2.0, 2.0)'));
}
for (const frequencyPenalty of [-2.1, 2]) {
  test(refuses, {frequencyPenalty}, outOfRange('frequency_penalty', '[-2.0, 2.0)'));
}
test(refuses, {topK: -1}, '* GenerateContentRequest.generation_config.top_k: top_k must not be negative.\n');
for (const maxOutputTokens of [0, -1]) {
  test(
    refuses,
    {maxOutputTokens},
    '* GenerateContentRequest.generation_config.max_output_tokens: max_output_tokens must be positive.\n',
  );
}
test(
  refuses,
  {stopSequences: ['1', '2', '3', '4', '5', '6']},
  '* GenerateContentRequest.generation_config.stop_sequences: the number of stop_sequences must not exceed 5\n',
);
for (const thinkingBudget of [-2, 65_536]) {
  test(
    refuses,
    {thinkingConfig: {thinkingBudget}},
    '* GenerateContentRequest.generation_config.thinking_config.thinking_budget: thinking_budget must be in the range [-1, 65535].\n',
  );
}
test(
  refuses,
  {thinkingConfig: {thinkingBudget: 1, thinkingLevel: 'LOW'}},
  'You can only set only one of thinking budget and thinking level.',
);
test(
  refuses,
  {temperature: 3, topP: 2},
  outOfRange('temperature', '[0.0, 2.0]') + outOfRange('top_p', '[0.0, 1.0]'),
);
test(
  refuses,
  {logprobs: 3},
  '* GenerateContentRequest.generation_config.logprobs: only valid when response_logprobs is true.\n',
);
test(
  refuses,
  {responseMimeType: 'image/png'},
  '* GenerateContentRequest.generation_config.response_mime_type: allowed mimetypes are `text/plain`, `application/json`, `application/xml`, `application/yaml` and `text/x.enum`.\n',
);

const refusesAt = test.macro({
  exec(t, body: JsonValue, field: string, message?: string) {
    const refusal = refusalOf(body);
    t.like(refusal, {code: 'invalid_request', status: 400, field});
    if (message !== undefined) t.is(refusal.message, message);
  },
  title: (_, body: JsonValue) => `${JSON.stringify(body)} is refused`,
});

test(refusesAt, {}, 'contents', '* GenerateContentRequest.contents: contents is not specified\n');
test(refusesAt, {contents: []}, 'contents');
test(
  refusesAt,
  {contents: [{parts: []}]},
  'contents[0].parts',
  '* GenerateContentRequest.contents[0].parts: contents.parts must not be empty.\n',
);
test(
  refusesAt,
  {contents: [{parts: [{text: 'a'}, {}]}]},
  'contents[0].parts[1].data',
  "* GenerateContentRequest.contents[0].parts[1].data: required oneof field 'data' must have one initialized field\n",
);
for (const role of ['system', 'assistant', 'tool', 'USER']) {
  test(
    refusesAt,
    {contents: [{parts: [{text: 'a'}]}, {role, parts: [{text: 'a'}]}]},
    'contents[1].role',
    'Please use a valid role: user, model.',
  );
}
for (const config of [
  {responseSchema: {type: 'STRING'}},
  {responseSchema: {type: 'STRING'}, responseMimeType: 'text/plain'},
  {responseSchema: {type: 'ARRAY', items: {type: 'STRING'}}, responseMimeType: 'text/x.enum'},
  {responseSchema: {type: 'STRING'}, responseMimeType: 'text/x.enum'},
]) {
  test(refusesAt, configured(config), 'generation_config.response_schema');
}
for (const config of [
  {responseMimeType: 'text/x.enum'},
  {responseJsonSchema: {type: 'string'}},
  {responseMimeType: 'application/json', responseJsonSchema: 'string'},
  {responseMimeType: 'application/json', responseJsonSchema: {}, responseSchema: {}},
]) {
  test(refusesAt, configured(config), 'generation_config.response_json_schema');
}
for (const config of [
  {responseFormat: {text: {}}, responseMimeType: 'application/json'},
  {responseFormat: [{text: {}}, {text: {}}]},
]) {
  test(refusesAt, configured(config), 'generation_config.response_format');
}
test(
  refusesAt,
  configured({responseFormat: {text: {mimeType: 'TEXT_PLAIN', schema: {}}}}),
  'generation_config.response_format.text.schema',
);

test('an error names the refused field by its path, and the hint suggests a fix', t => {
  const refusal = refusalOf({
    contents: [{parts: [{text: 'See'}, {audio_transcription: {text: 'a'}}]}],
    generationConfig: {responseModalities: ['TEXT', 'IMAGE']},
  });
  t.like(refusal, {code: 'not_supported', status: 400, field: 'contents[0].parts[1].audio_transcription'});
  t.deepEqual(refusal.message.trimEnd().split('\n'), [
    '* GenerateContentRequest.contents[0].parts[1].audio_transcription: retake does not support this field.',
    '* GenerateContentRequest.generation_config.response_modalities: retake does not support this field.',
  ]);
  t.truthy(refusal.hint);
});

test('XML and YAML answers are allowed by the API and not supported here', t => {
  for (const responseMimeType of ['application/xml', 'application/yaml']) {
    t.like(refusalOf(configured({responseMimeType})), {
      code: 'not_supported',
      field: 'generation_config.response_mime_type',
    });
  }
});

const hi: JsonValue = {contents: [{parts: [{text: 'Hi'}]}]};
const allowsQuery = test.macro({
  exec(t, endpoint: string, query: string, contentType: string) {
    const {answer} = ask(hi, {endpoint, query});
    t.is(answer.headers({id: 'a1', createdAt: 0})['content-type'], contentType);
    t.is(answer.delivery, endpoint === 'generateContent' ? 'unary' : 'stream');
  },
  title: (_, endpoint: string, query: string) => `${endpoint}?${query} is answered`,
});
const jsonType = 'application/json; charset=UTF-8';
for (const query of [
  '',
  'alt=json',
  '$alt=json;enum-encoding=int',
  'key=k&prettyPrint=false&$prettyPrint=true',
]) {
  test(allowsQuery, 'generateContent', query, jsonType);
  test(allowsQuery, 'streamGenerateContent', query, jsonType);
}
for (const query of ['alt=sse', '$alt=sse', 'key=k&alt=sse&quotaUser=me&fields=candidates']) {
  test(allowsQuery, 'streamGenerateContent', query, 'text/event-stream');
}

test('an unknown query parameter is refused, and so is a response format that the method does not support', t => {
  t.like(refusalOf(hi, {query: 'foo=1'}), {
    status: 400,
    message:
      'Invalid JSON payload received. Unknown name "foo": Cannot bind query parameter. Field \'foo\' could not be found in request message.',
  });
  for (const query of ['alt=media', 'alt=proto', '$alt=media', 'alt=', 'alt=sse']) {
    t.like(refusalOf(hi, {query}), {status: 400, field: 'alt'}, query);
  }
  t.like(refusalOf(hi, {endpoint: 'streamGenerateContent', query: 'alt=media'}), {status: 400, field: 'alt'});
});

test('the model is named by the path, whatever the body says', t => {
  t.is(
    ask({model: 'models/other', contents: [{parts: [{text: 'Hi'}]}]}, {model: 'tunedModels/mine'}).modelName,
    'tunedModels/mine',
  );
});
