import {type TObject, type TSchema, TypeGuard} from '@sinclair/typebox';
import test from 'ava';
import {isJsonObject, type JsonObject, type JsonValue} from '../../../src/chat/json.js';
import {snakeCase} from '../../../src/dialects/gemini/field-names.js';
import {GenerateContentRequest} from '../../../src/dialects/gemini/generate-content/schema.js';
import {handlingOf, type ProtoHandling} from '../../../src/dialects/gemini/proto-types.js';
import {gemini, localEndpoint} from '../../support/dialects.js';
import {ask, refusalOf} from './ask.js';

/**
 * Every field of the request's schema, found by walking it: each must behave as its handling says, so none can be listed and
 * then forgotten.
 */
type Field = {readonly path: readonly string[]; readonly schema: TSchema; readonly handling: ProtoHandling};

const fields = fieldsOf(GenerateContentRequest, []);

function fieldsOf(message: TObject, path: readonly string[]): readonly Field[] {
  return Object.entries(message.properties).flatMap(([name, schema]) => {
    const field = {path: [...path, name], schema, handling: handlingOf(schema)};
    const item: TSchema = TypeGuard.IsArray(schema) ? schema.items : schema;
    const isMessage = field.handling === 'neutral' && TypeGuard.IsObject(item);
    return isMessage ? fieldsOf(item, field.path) : [field];
  });
}

/** What a field needs beside it to have an effect. */
const companions: Readonly<Record<string, JsonObject>> = {
  ...partCompanions({
    'inlineData.mimeType': {inlineData: {data: 'abcd'}},
    'inlineData.displayName': {inlineData: {data: 'abcd'}},
    'fileData.mimeType': {fileData: {fileUri: 'https://example.com/a'}},
    'fileData.displayName': {fileData: {fileUri: 'https://example.com/a'}},
    'functionCall.id': {functionCall: {name: 'f'}},
    'functionCall.name': {functionCall: {name: 'f'}},
    'functionCall.args': {functionCall: {name: 'f'}},
    'functionCall.partialArgs': {functionCall: {name: 'f'}},
    'functionCall.willContinue': {functionCall: {name: 'f'}},
    'functionResponse.id': {functionResponse: {name: 'f'}},
    'functionResponse.name': {functionResponse: {name: 'f'}},
    'functionResponse.response': {functionResponse: {name: 'f'}},
    'functionResponse.scheduling': {functionResponse: {name: 'f'}},
    'functionResponse.willContinue': {functionResponse: {name: 'f'}},
    'functionResponse.parts.inlineData.mimeType': {
      functionResponse: {name: 'f', parts: [{inlineData: {data: 'abcd'}}]},
    },
    'functionResponse.parts.inlineData.data': {functionResponse: {name: 'f'}},
    'functionResponse.parts.inlineData.displayName': {
      functionResponse: {name: 'f', parts: [{inlineData: {data: 'abcd'}}]},
    },
    'functionResponse.parts.fileData.mimeType': {
      functionResponse: {name: 'f', parts: [{fileData: {fileUri: 'https://example.com/a'}}]},
    },
    'functionResponse.parts.fileData.fileUri': {functionResponse: {name: 'f'}},
    'functionResponse.parts.fileData.displayName': {
      functionResponse: {name: 'f', parts: [{fileData: {fileUri: 'https://example.com/a'}}]},
    },
    'executableCode.id': {executableCode: {code: '1'}},
    'codeExecutionResult.id': {codeExecutionResult: {output: '1'}},
    'toolCall.id': {toolCall: {toolType: 'a'}},
    'toolResponse.id': {toolResponse: {toolType: 'a'}},
  }),
  'contents.parts.thought': {contents: [{parts: [{text: 'Hm'}]}, {parts: [{text: 'Hi'}]}]},
  'contents.parts.thoughtSignature': {contents: [{parts: [{text: 'Hi'}]}]},
  'contents.parts.mediaProcessing': {contents: [{parts: [{text: 'Hi'}]}]},
  'contents.parts.videoMetadata': {contents: [{parts: [{text: 'Hi'}]}]},
  'contents.parts.mediaResolution': {contents: [{parts: [{text: 'Hi'}]}]},
  'contents.parts.partMetadata': {contents: [{parts: [{text: 'Hi'}]}]},
  'contents.role': {contents: [{parts: [{text: 'Hi'}]}]},
  'systemInstruction.parts.thought': {systemInstruction: {parts: [{text: 'Hm'}]}},
  'systemInstruction.parts.thoughtSignature': {systemInstruction: {parts: [{text: 'Hm'}]}},
  'systemInstruction.parts.mediaProcessing': {systemInstruction: {parts: [{text: 'Hm'}]}},
  'systemInstruction.parts.videoMetadata': {systemInstruction: {parts: [{text: 'Hm'}]}},
  'systemInstruction.parts.mediaResolution': {systemInstruction: {parts: [{text: 'Hm'}]}},
  'systemInstruction.parts.partMetadata': {systemInstruction: {parts: [{text: 'Hm'}]}},
  'generationConfig.logprobs': {generationConfig: {responseLogprobs: true}},
  'generationConfig.responseJsonSchema': {generationConfig: {responseMimeType: 'application/json'}},
  'generationConfig.responseFormat.text.schema': {
    generationConfig: {responseFormat: [{text: {mimeType: 'APPLICATION_JSON'}}]},
  },
};
/** What a part's field needs beside it, wherever parts are allowed. */
function partCompanions(parts: Readonly<Record<string, JsonObject>>): Readonly<Record<string, JsonObject>> {
  return Object.fromEntries(
    Object.entries(parts).flatMap(([field, part]): [string, JsonObject][] => [
      [`contents.parts.${field}`, {contents: [{parts: [part]}]}],
      [`systemInstruction.parts.${field}`, {systemInstruction: {parts: [part]}}],
    ]),
  );
}

const declaredFunction: JsonObject = {tools: [{functionDeclarations: [{name: 'f'}]}]};
const declaredParameters: JsonObject = {
  tools: [
    {
      functionDeclarations: [
        {name: 'f', parameters: {properties: {b: {type: 'STRING'}, a: {type: 'STRING'}}}},
      ],
    },
  ],
};

const ofSchema: JsonObject = {
  generationConfig: {
    responseMimeType: 'application/json',
    responseSchema: {properties: {b: {type: 'STRING'}, a: {type: 'STRING'}}},
  },
};

const samples: Readonly<Record<string, JsonValue>> = {
  'contents.role': 'model',
  'generationConfig.responseMimeType': 'application/json',
  'generationConfig.responseFormat.text.mimeType': 'APPLICATION_JSON',
  'generationConfig.responseSchema.required': ['a'],
  'tools.functionDeclarations.parameters.required': ['a'],
  'generationConfig.responseSchema.propertyOrdering': ['a', 'b'],
  'tools.functionDeclarations.parameters.propertyOrdering': ['a', 'b'],
  'contents.parts.executableCode.language': 'LANGUAGE_UNSPECIFIED',
  'systemInstruction.parts.executableCode.language': 'LANGUAGE_UNSPECIFIED',
  'tools.functionDeclarations.name': 'g',
  'toolConfig.functionCallingConfig.allowedFunctionNames': ['f'],
  cachedContent: await createdCache(),
};

/** The name of a cache for the requested model. */
async function createdCache(): Promise<string> {
  const body = {model: 'models/m', contents: [{parts: [{text: 'Hm'}]}]};
  const {body: answer} = await localEndpoint(gemini.endpoints['createCache']).answer({
    params: {},
    query: new URLSearchParams(),
    headers: {},
    path: '/v1beta/cachedContents',
    bytes: Buffer.from(JSON.stringify(body)),
  });
  return JSON.parse(String(answer)).name;
}

/** Fields that have no effect on the neutral request. */
const meaningless = new Set([
  // It allows Google's tools together with functions.
  'toolConfig.includeServerSideToolInvocations',
  'systemInstruction.role',
  // Ids link results to calls, and have no other meaning.
  ...['contents', 'systemInstruction'].flatMap(place => [
    `${place}.parts.functionCall.id`,
    `${place}.parts.functionResponse.id`,
  ]),
]);

for (const {path, schema, handling} of fields) {
  const name = path.join('.');
  const isOfSchema = name.startsWith('generationConfig.responseSchema.');
  const companion = companions[name] ?? (isOfSchema ? ofSchema : companionOfTools(name));
  const base = mergeFields({contents: [{parts: [{text: 'Hi'}]}]}, companion);
  const given = samples[name] ?? sampleOf(schema);
  const body = withField(base, path, GenerateContentRequest, given);

  test(`${name} is ${meaningless.has(name) ? 'ignored' : handling}`, t => {
    if (handling === 'refused') {
      t.like(refusalOf(body), {code: 'not_supported', status: 400});
      t.regex(refusalOf(body).message, new RegExp(`\\b${snakeCase(path.at(-1) ?? '')}: `));
    } else if (handling === 'ignored' || meaningless.has(name)) {
      t.deepEqual(ask(body).request, ask(base).request);
    } else {
      t.notDeepEqual(textOf(ask(body).request), textOf(ask(base).request));
    }
  });
}

test('every kind of handling occurs', t => {
  t.deepEqual(new Set(fields.map(({handling}) => handling)), new Set(['neutral', 'ignored', 'refused']));
  t.true(fields.length > 90, String(fields.length));
});

/** A request as text, so that the order of properties is significant. */
function textOf(request: unknown): string {
  return JSON.stringify(request);
}

function sampleOf(schema: TSchema): JsonValue {
  if (TypeGuard.IsArray(schema)) return [sampleOf(schema.items)];
  if (TypeGuard.IsThis(schema)) return {type: 'NUMBER'};
  if (TypeGuard.IsRecord(schema))
    return {x: sampleOf(Object.values<TSchema>(schema['patternProperties'])[0] ?? schema)};
  if (TypeGuard.IsObject(schema)) {
    return Object.fromEntries(
      Object.entries(schema.properties).map(([name, field]) => [name, sampleOf(field)]),
    );
  }
  switch (schema['proto']) {
    case 'enum':
      return schema['enum'].at(-1);
    case 'bool':
      return true;
    case 'value':
    case 'struct':
      return {type: 'string'};
    case 'string':
    case 'bytes':
      return 'abcd';
    default:
      return (schema['minimum'] ?? 0) + 1;
  }
}

/** The body with one more field; lists have one element. */
function withField(
  body: JsonObject,
  [name = '', ...rest]: readonly string[],
  message: TObject,
  value: JsonValue,
): JsonObject {
  if (rest.length === 0) return {...body, [name]: value};
  const schema = message.properties[name];
  const inner: TSchema | undefined = TypeGuard.IsArray(schema) ? schema.items : schema;
  if (!TypeGuard.IsObject(inner)) throw new Error(`${name} is no message`);
  const existing = body[name];
  const [element = {}, ...others] = Array.isArray(existing) ? existing : [existing];
  // Only one member of a oneof can be given, so the tested one replaces the others.
  const rivals: readonly string[] = inner['oneof']?.fields ?? [];
  const isTaken =
    isJsonObject(element) &&
    rivals.includes(rest[0] ?? '') &&
    rivals.some(rival => rival !== rest[0] && rival in element);
  const changed = withField(isJsonObject(element) && !isTaken ? element : {}, rest, inner, value);
  return {...body, [name]: TypeGuard.IsArray(schema) ? [changed, ...others] : changed};
}

function companionOfTools(name: string): JsonObject {
  if (name.startsWith('tools.functionDeclarations.parameters.')) return declaredParameters;
  if (name.startsWith('tools.functionDeclarations.')) return declaredFunction;
  if (name === 'toolConfig.functionCallingConfig.allowedFunctionNames') {
    return {...declaredFunction, toolConfig: {functionCallingConfig: {mode: 'ANY'}}};
  }
  return name.startsWith('toolConfig.') ? declaredFunction : {};
}

function mergeFields(base: JsonObject, companion: JsonObject): JsonObject {
  return {...base, ...companion};
}
