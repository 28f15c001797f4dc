import fc from 'fast-check';
import type {JsonObject, JsonValue} from '../../src/chat/json.js';
import {stringifyJson} from '../../src/chat/json.js';

/** A request that all three APIs can express, without features that only some have. */
export type Question = {
  readonly system?: string;
  readonly rounds: readonly Round[];
  readonly asked: readonly Piece[];
  readonly tools: readonly {
    readonly name: string;
    readonly description: string;
    readonly schema: JsonObject;
  }[];
  readonly choice: 'auto' | 'none' | 'required' | 'named';
  readonly isSingle: boolean;
  readonly temperature: number;
  readonly topP: number;
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly answerSchema?: JsonObject;
};

/** A user message, and the model's answer: text, or tool calls with their results. */
export type Round = {
  readonly asked: readonly Piece[];
  readonly answer: string;
  readonly calls: readonly {readonly name: string; readonly input: JsonObject; readonly result: JsonObject}[];
};

export type Piece = {readonly text: string} | {readonly picture: Uint8Array};

const word = fc.stringMatching(/^[a-z]{1,8}$/);
const sentence = fc.stringMatching(/^[A-Za-zäöü0-9,.]{1,10}( [A-Za-zäöü0-9,.]{1,10}){0,3}$/);
const piece: fc.Arbitrary<Piece> = fc.oneof(
  {weight: 4, arbitrary: fc.record({text: sentence})},
  {weight: 1, arbitrary: fc.record({picture: fc.uint8Array({minLength: 4, maxLength: 12})})},
);
const plainValue: fc.Arbitrary<JsonValue> = fc.oneof(
  sentence,
  fc.integer(),
  fc.boolean(),
  fc.bigInt({min: 10n ** 17n, max: 10n ** 20n}),
  fc.array(fc.integer(), {maxLength: 3}),
);
const plainObject: fc.Arbitrary<JsonObject> = fc.dictionary(word, plainValue, {
  maxKeys: 3,
  noNullPrototype: true,
});
const schema: fc.Arbitrary<JsonObject> = fc
  .uniqueArray(word, {minLength: 1, maxLength: 3})
  .chain(names =>
    fc.tuple(
      fc.constant(names),
      fc.array(fc.constantFrom('string', 'integer', 'boolean'), {minLength: 3, maxLength: 3}),
    ),
  )
  .map(([names, types]) => ({
    type: 'object',
    properties: Object.fromEntries(names.map((name, index) => [name, {type: types[index] ?? 'string'}])),
    required: [...names],
  }));
const round: fc.Arbitrary<Round> = fc.record({
  asked: fc.array(piece, {minLength: 1, maxLength: 2}),
  answer: sentence,
  calls: fc.array(fc.record({name: word, input: plainObject, result: plainObject}), {maxLength: 2}),
});

export const arbitraryQuestion: fc.Arbitrary<Question> = fc.record(
  {
    system: sentence,
    rounds: fc.array(round, {maxLength: 2}),
    asked: fc.array(piece, {minLength: 1, maxLength: 3}),
    tools: fc.uniqueArray(fc.record({name: word, description: sentence, schema}), {
      maxLength: 3,
      selector: ({name}) => name,
    }),
    choice: fc.constantFrom('auto', 'none', 'required', 'named'),
    isSingle: fc.boolean(),
    temperature: fc.integer({min: 0, max: 10}).map(tenths => tenths / 10),
    topP: fc.integer({min: 1, max: 10}).map(tenths => tenths / 10),
    maxTokens: fc.integer({min: 1, max: 5000}),
    stop: fc.uniqueArray(word, {minLength: 1, maxLength: 3}),
    answerSchema: schema,
  },
  {
    requiredKeys: [
      'rounds',
      'asked',
      'tools',
      'choice',
      'isSingle',
      'temperature',
      'topP',
      'maxTokens',
      'stop',
    ],
  },
);

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** Gemini has no setting for one call at a time, so such a request is not sent there. */
export function toGemini(question: Question): JsonObject {
  const part = (one: Piece): JsonObject =>
    'text' in one ? {text: one.text} : {inlineData: {mimeType: 'image/png', data: base64(one.picture)}};
  const [first] = question.tools;
  const modes = {auto: 'AUTO', none: 'NONE', required: 'ANY', named: 'ANY'};
  return {
    ...(question.system !== undefined && {systemInstruction: {parts: [{text: question.system}]}}),
    contents: [
      ...question.rounds.flatMap(({asked, answer, calls}) => [
        {role: 'user', parts: asked.map(part)},
        {
          role: 'model',
          parts: [{text: answer}, ...calls.map(({name, input}) => ({functionCall: {name, args: input}}))],
        },
        ...(calls.length > 0
          ? [
              {
                role: 'user',
                parts: calls.map(({name, result}) => ({functionResponse: {name, response: result}})),
              },
            ]
          : []),
      ]),
      {role: 'user', parts: question.asked.map(part)},
    ],
    ...(first && {
      tools: [
        {
          functionDeclarations: question.tools.map(({name, description, schema: parametersJsonSchema}) => ({
            name,
            description,
            parametersJsonSchema,
          })),
        },
      ],
      toolConfig: {
        functionCallingConfig: {
          mode: modes[question.choice],
          ...(question.choice === 'named' && {allowedFunctionNames: [first.name]}),
        },
      },
    }),
    generationConfig: {
      temperature: question.temperature,
      topP: question.topP,
      maxOutputTokens: question.maxTokens,
      stopSequences: question.stop,
      ...(question.answerSchema && {
        responseMimeType: 'application/json',
        responseJsonSchema: question.answerSchema,
      }),
    },
  };
}

export function toOpenai(question: Question): JsonObject {
  const part = (one: Piece): JsonObject =>
    'text' in one
      ? {type: 'text', text: one.text}
      : {type: 'image_url', image_url: {url: `data:image/png;base64,${base64(one.picture)}`}};
  const [first] = question.tools;
  const named = first && {type: 'function', function: {name: first.name}};
  return {
    model: 'gpt-4o',
    messages: [
      ...(question.system === undefined ? [] : [{role: 'developer', content: question.system}]),
      ...question.rounds.flatMap(({asked, answer, calls}, number) => [
        {role: 'user', content: asked.map(part)},
        {
          role: 'assistant',
          content: answer,
          ...(calls.length > 0 && {
            tool_calls: calls.map(({name, input}, index) => ({
              id: `c${number}-${index}`,
              type: 'function',
              function: {name, arguments: stringifyJson(input)},
            })),
          }),
        },
        // Results in another order than that of their calls, as clients send them that run calls in parallel.
        ...calls
          .map(({result}, index) => ({
            role: 'tool',
            tool_call_id: `c${number}-${index}`,
            content: stringifyJson(result),
          }))
          .reverse(),
      ]),
      {role: 'user', content: question.asked.map(part)},
    ],
    ...(first && {
      tools: question.tools.map(({name, description, schema: parameters}) => ({
        type: 'function',
        function: {name, description, parameters},
      })),
      tool_choice: question.choice === 'named' ? (named ?? 'auto') : question.choice,
      ...(question.isSingle && question.choice !== 'none' && {parallel_tool_calls: false}),
    }),
    temperature: question.temperature,
    top_p: question.topP,
    max_completion_tokens: question.maxTokens,
    stop: question.stop.toReversed(),
    ...(question.answerSchema && {
      response_format: {
        type: 'json_schema',
        json_schema: {name: 'answer', strict: true, schema: question.answerSchema},
      },
    }),
  };
}

export function toAnthropic(question: Question): JsonObject {
  const part = (one: Piece): JsonObject =>
    'text' in one
      ? {type: 'text', text: one.text}
      : {type: 'image', source: {type: 'base64', media_type: 'image/png', data: base64(one.picture)}};
  const [first] = question.tools;
  const types = {auto: 'auto', none: 'none', required: 'any', named: 'tool'};
  return {
    model: 'claude',
    ...(question.system !== undefined && {system: question.system}),
    messages: [
      ...question.rounds.flatMap(({asked, answer, calls}, number) => [
        {role: 'user', content: asked.map(part)},
        {
          role: 'assistant',
          content: [
            {type: 'text', text: answer},
            ...calls.map(({name, input}, index) => ({
              type: 'tool_use',
              id: `t${number}-${index}`,
              name,
              input,
            })),
          ],
        },
        ...(calls.length > 0
          ? [
              {
                role: 'user',
                content: calls.map(({result}, index) => ({
                  type: 'tool_result',
                  tool_use_id: `t${number}-${index}`,
                  content: stringifyJson(result),
                })),
              },
            ]
          : []),
      ]),
      {role: 'user', content: question.asked.map(part)},
    ],
    ...(first && {
      tools: question.tools.map(({name, description, schema: inputSchema}) => ({
        name,
        description,
        input_schema: inputSchema,
      })),
      tool_choice: {
        type: types[question.choice],
        ...(question.choice === 'named' && {name: first.name}),
        ...(question.isSingle && question.choice !== 'none' && {disable_parallel_tool_use: true}),
      },
    }),
    temperature: question.temperature,
    top_p: question.topP,
    max_tokens: question.maxTokens,
    stop_sequences: question.stop,
    ...(question.answerSchema && {
      output_config: {format: {type: 'json_schema', schema: question.answerSchema}},
    }),
  };
}
