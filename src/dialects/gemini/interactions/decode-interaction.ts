import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {invalidArguments, unsupportedFields, within} from '../field-violations.js';
import {decodeQuestion, type Question} from '../generate-content/decode-request.js';
import type {Content, GenerateContentRequest, GenerationConfig} from '../generate-content/schema.js';
import type {KeptContent} from '../kept-content.js';
import {checkModelName} from '../model-name.js';
import {decodeInput} from './decode-steps.js';
import {decodeToolChoice, decodeTools} from './decode-tools.js';
import {requestName} from './read-input.js';
import type {CreateInteraction} from './schema.js';

export type DecodedInteraction = Question & {
  readonly modelName: string;
  /** The whole conversation up to the answer. */
  readonly contents: readonly Content[];
  readonly hasSummaries: boolean;
};

/**
 * Decodes an interaction by way of the generateContent request with the same turns, so that both have one key. Of the earlier interaction,
 * only the turns count.
 */
export function decodeInteraction(
  message: CreateInteraction,
  earlier: readonly Content[],
  kept: KeptContent,
): DecodedInteraction {
  const {
    model = '',
    input,
    systemInstruction = '',
    tools = [],
    generationConfig = {},
    cachedContent,
  } = message;
  if (model === '')
    throw invalidArguments([{field: 'model', description: 'must be specified.'}], requestName);
  const modelName = checkModelName(model.replace(/^models\//, ''), requestName);
  const contents = [...earlier, ...decodeInput(input, earlier)];
  const {toolChoice, thinkingSummaries, ...config} = generationConfig;
  const request: GenerateContentRequest = {
    contents: [...contents],
    generationConfig: {
      ...decodeConfig(config, thinkingSummaries),
      ...within({request: requestName}, () => decodeFormat(message)),
    },
  };
  if (systemInstruction !== '') request.systemInstruction = {parts: [{text: systemInstruction}]};
  if (cachedContent) request.cachedContent = cachedContent;
  if (tools.length > 0) {
    request.tools = [...decodeTools(tools)];
    // The Interactions API runs its own tools together with functions.
    request.toolConfig = {includeServerSideToolInvocations: true};
  }
  const choice = decodeToolChoice(toolChoice);
  if (choice) request.toolConfig = {...request.toolConfig, functionCallingConfig: choice};
  const question = within({request: requestName}, () =>
    decodeQuestion(request, {modelName, isVertex: false, kept}),
  );
  return {...question, modelName, contents, hasSummaries: thinkingSummaries === 'auto'};
}

const thinkingLevels = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'] as const;

function decodeConfig(
  {thinkingLevel, ...config}: Omit<NonNullable<CreateInteraction['generationConfig']>, 'toolChoice'>,
  thinkingSummaries: string | undefined,
): GenerationConfig {
  const level = thinkingLevels.find(known => known === thinkingLevel?.toUpperCase());
  if (thinkingLevel && !level) {
    const description = `must be one of ${thinkingLevels.join(', ').toLowerCase()}.`;
    throw invalidArguments([{field: 'generation_config.thinking_level', description}], requestName);
  }
  const thinkingConfig = omitUndefined({
    thinkingLevel: level,
    includeThoughts: thinkingSummaries === 'auto' ? true : undefined,
  });
  return {...config, ...(Object.keys(thinkingConfig).length === 0 ? {} : {thinkingConfig})};
}

/** Formats other than text have these types; a format of any other type is a JSON Schema. */
const otherFormats = new Set<JsonValue | undefined>(['image', 'audio', 'video']);

function decodeFormat({responseFormat, responseMimeType}: CreateInteraction): GenerationConfig {
  const formats = Array.isArray(responseFormat) ? responseFormat : [responseFormat ?? null];
  const given = formats.filter(isJsonObject);
  const [format, second] = given;
  if (given.some(({type}) => otherFormats.has(type))) throw unsupportedFields(['response_format']);
  if (second) {
    const description = 'only one format of text is possible.';
    throw invalidArguments([{field: 'response_format', description}], requestName);
  }
  const {schema, mimeType} = format ? formatOf(format) : {};
  return omitUndefined({
    responseMimeType: responseMimeType || mimeType || (schema === undefined ? undefined : 'application/json'),
    responseJsonSchema: schema,
  });
}

function formatOf(format: JsonObject): {schema?: JsonValue | undefined; mimeType?: string | undefined} {
  if (format['type'] !== 'text') return {schema: format};
  const {schema, mime_type: mimeType} = format;
  return {schema: schema ?? undefined, mimeType: typeof mimeType === 'string' ? mimeType : undefined};
}
