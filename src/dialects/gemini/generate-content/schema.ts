import type {Static} from '@sinclair/typebox';
import {
  alias,
  bool,
  bytes,
  double,
  enumeration,
  float,
  ignored,
  int32,
  int64,
  map,
  message,
  recursiveMessage,
  refused,
  repeated,
  string,
  struct,
  value,
} from '../proto-types.js';

/**
 * The request of `generateContent` with every field that the Developer API, Vertex AI and their SDKs know. Sources: the protos in
 * googleapis (`google/ai/generativelanguage/v1beta`), the discovery document, and the types of @google/genai.
 */

const SafetySetting = message('SafetySetting', {
  category: enumeration('HarmCategory', [
    'HARM_CATEGORY_UNSPECIFIED',
    'HARM_CATEGORY_DEROGATORY',
    'HARM_CATEGORY_TOXICITY',
    'HARM_CATEGORY_VIOLENCE',
    'HARM_CATEGORY_SEXUAL',
    'HARM_CATEGORY_MEDICAL',
    'HARM_CATEGORY_DANGEROUS',
    'HARM_CATEGORY_HARASSMENT',
    'HARM_CATEGORY_HATE_SPEECH',
    'HARM_CATEGORY_SEXUALLY_EXPLICIT',
    'HARM_CATEGORY_DANGEROUS_CONTENT',
    'HARM_CATEGORY_CIVIC_INTEGRITY',
    'HARM_CATEGORY_JAILBREAK',
    'HARM_CATEGORY_IMAGE_HATE',
    'HARM_CATEGORY_IMAGE_DANGEROUS_CONTENT',
    'HARM_CATEGORY_IMAGE_HARASSMENT',
    'HARM_CATEGORY_IMAGE_SEXUALLY_EXPLICIT',
  ]),
  threshold: enumeration('SafetySetting.HarmBlockThreshold', [
    'HARM_BLOCK_THRESHOLD_UNSPECIFIED',
    'BLOCK_LOW_AND_ABOVE',
    'BLOCK_MEDIUM_AND_ABOVE',
    'BLOCK_ONLY_HIGH',
    'BLOCK_NONE',
    'OFF',
  ]),
  method: enumeration('SafetySetting.HarmBlockMethod', [
    'HARM_BLOCK_METHOD_UNSPECIFIED',
    'SEVERITY',
    'PROBABILITY',
  ]),
});

const mediaResolutions = [
  'MEDIA_RESOLUTION_UNSPECIFIED',
  'MEDIA_RESOLUTION_LOW',
  'MEDIA_RESOLUTION_MEDIUM',
  'MEDIA_RESOLUTION_HIGH',
  'MEDIA_RESOLUTION_ULTRA_HIGH',
] as const;

/** The model gets `data`, but not its name. */
const Blob = message('Blob', {mimeType: string(), data: bytes(), displayName: ignored(string())});
export type Blob = Static<typeof Blob>;

const FileData = message('FileData', {
  mimeType: string(),
  fileUri: string(),
  displayName: ignored(string()),
});
export type FileData = Static<typeof FileData>;

const FunctionCall = message('FunctionCall', {
  id: string(),
  name: string(),
  args: struct(),
  // Both describe a call that is still being streamed, and have no effect on a complete one.
  partialArgs: ignored(value()),
  willContinue: ignored(bool()),
});
export type FunctionCall = Static<typeof FunctionCall>;

const FunctionResponsePart = message(
  'FunctionResponsePart',
  {inlineData: Blob, fileData: FileData},
  {oneof: {name: 'data', fields: ['inlineData', 'fileData']}},
);

const FunctionResponse = message('FunctionResponse', {
  id: string(),
  name: string(),
  response: struct(),
  parts: repeated(FunctionResponsePart),
  // Only the Live API uses these.
  scheduling: ignored(string()),
  willContinue: ignored(bool()),
});
export type FunctionResponse = Static<typeof FunctionResponse>;

const ExecutableCode = message('ExecutableCode', {
  id: ignored(string()),
  language: enumeration('ExecutableCode.Language', ['LANGUAGE_UNSPECIFIED', 'PYTHON']),
  code: string(),
});

const CodeExecutionResult = message('CodeExecutionResult', {
  id: ignored(string()),
  outcome: enumeration('CodeExecutionResult.Outcome', [
    'OUTCOME_UNSPECIFIED',
    'OUTCOME_OK',
    'OUTCOME_FAILED',
    'OUTCOME_DEADLINE_EXCEEDED',
  ]),
  output: string(),
});

const ToolCall = message('ToolCall', {id: ignored(string()), toolType: string(), args: struct()});
const ToolResponse = message('ToolResponse', {id: ignored(string()), toolType: string(), response: struct()});

const Part = message(
  'Part',
  {
    text: string(),
    thought: bool(),
    thoughtSignature: ignored(bytes()),
    inlineData: Blob,
    fileData: FileData,
    functionCall: FunctionCall,
    functionResponse: FunctionResponse,
    executableCode: ExecutableCode,
    codeExecutionResult: CodeExecutionResult,
    toolCall: ToolCall,
    toolResponse: ToolResponse,
    audioTranscription: refused(),
    speechMetadata: refused(),
    /** Only for videos, which retake does not accept. */
    mediaProcessing: ignored(
      enumeration('MediaProcessing', ['MEDIA_PROCESSING_UNSPECIFIED', 'STATIC', 'AGENTIC']),
    ),
    videoMetadata: ignored(
      message('VideoMetadata', {startOffset: string(), endOffset: string(), fps: double()}),
    ),
    mediaResolution: ignored(
      message('Part.MediaResolution', {
        level: enumeration('Part.MediaResolution.Level', mediaResolutions),
        numTokens: int32(),
      }),
    ),
    partMetadata: ignored(struct()),
  },
  {
    oneof: {
      name: 'data',
      fields: [
        'text',
        'inlineData',
        'fileData',
        'functionCall',
        'functionResponse',
        'executableCode',
        'codeExecutionResult',
        'toolCall',
        'toolResponse',
        'audioTranscription',
      ],
    },
  },
);
export type Part = Static<typeof Part>;

export const Content = message('Content', {role: string(), parts: repeated(Part)});
export type Content = Static<typeof Content>;

/** The subset of OpenAPI 3.0 that `responseSchema` is written in. */
export const Schema = recursiveMessage('Schema', self =>
  message('Schema', {
    type: enumeration('Type', [
      'TYPE_UNSPECIFIED',
      'STRING',
      'NUMBER',
      'INTEGER',
      'BOOLEAN',
      'ARRAY',
      'OBJECT',
      'NULL',
    ]),
    format: string(),
    title: string(),
    description: string(),
    nullable: bool(),
    enum: repeated(string()),
    items: self,
    minItems: int64(),
    maxItems: int64(),
    properties: map(self),
    required: repeated(string()),
    minProperties: int64(),
    maxProperties: int64(),
    minimum: double(),
    maximum: double(),
    minLength: int64(),
    maxLength: int64(),
    pattern: string(),
    anyOf: repeated(self),
    propertyOrdering: repeated(string()),
    default: value(),
    example: value(),
  }),
);
export type Schema = Static<typeof Schema>;

const ThinkingConfig = message('ThinkingConfig', {
  includeThoughts: bool(),
  thinkingBudget: int32({minimum: -1, maximum: 65_535}),
  thinkingLevel: enumeration('ThinkingConfig.ThinkingLevel', [
    'THINKING_LEVEL_UNSPECIFIED',
    'LOW',
    'MEDIUM',
    'HIGH',
    'MINIMAL',
  ]),
});
export type ThinkingConfig = Static<typeof ThinkingConfig>;

const TextResponseFormat = message('TextResponseFormat', {
  mimeType: enumeration('TextResponseFormat.MimeType', [
    'MIME_TYPE_UNSPECIFIED',
    'APPLICATION_JSON',
    'TEXT_PLAIN',
  ]),
  schema: value(),
});

const ResponseFormat = message(
  'ResponseFormat',
  {text: TextResponseFormat, image: refused(), audio: refused(), video: refused()},
  {oneof: {name: 'format', fields: ['text', 'image', 'audio', 'video']}},
);

export const GenerationConfig = message('GenerationConfig', {
  temperature: float({minimum: 0, maximum: 2}),
  topP: float({minimum: 0, maximum: 1}),
  topK: int32({minimum: 0}),
  seed: int32(),
  maxOutputTokens: int32({minimum: 1}),
  stopSequences: repeated(string(), {maxItems: 5}),
  // The reference says [-2.0, 2.0]; the API itself refuses 2.0.
  presencePenalty: float({minimum: -2, exclusiveMaximum: 2}),
  frequencyPenalty: float({minimum: -2, exclusiveMaximum: 2}),
  candidateCount: int32({minimum: 1, maximum: 8}),
  responseLogprobs: bool(),
  logprobs: int32({minimum: 0, maximum: 20}),
  responseMimeType: string(),
  responseSchema: Schema,
  // Two fields of the real message carry this schema; both keep the order of properties here.
  responseJsonSchema: alias(value(), '_responseJsonSchema', 'response_json_schema_ordered'),
  responseFormat: repeated(ResponseFormat),
  thinkingConfig: ThinkingConfig,
  responseModalities: refused(
    repeated(
      enumeration('GenerationConfig.Modality', ['MODALITY_UNSPECIFIED', 'TEXT', 'IMAGE', 'AUDIO', 'VIDEO']),
    ),
    {allowed: ['TEXT']},
  ),
  mediaResolution: ignored(enumeration('GenerationConfig.MediaResolution', mediaResolutions)),
  enableEnhancedCivicAnswers: ignored(bool()),
  enableAffectiveDialog: ignored(bool()),
  speechConfig: refused(),
  imageConfig: refused(),
  audioTimestamp: refused(bool()),
  audioTranscriptionConfig: refused(),
  translationConfig: refused(),
  routingConfig: refused(),
  modelConfig: refused(),
  modelSelectionConfig: refused(),
});
export type GenerationConfig = Static<typeof GenerationConfig>;

const FunctionDeclaration = message('FunctionDeclaration', {
  name: string(),
  description: string(),
  parameters: Schema,
  parametersJsonSchema: value(),
  // The result schema and the way a function runs have no effect on calls.
  response: ignored(Schema),
  responseJsonSchema: ignored(value()),
  behavior: ignored(string()),
});
export type FunctionDeclaration = Static<typeof FunctionDeclaration>;

/** Besides functions, the tools that Google would run itself. */
export const Tool = message('Tool', {
  functionDeclarations: repeated(FunctionDeclaration),
  googleSearch: value(),
  googleSearchRetrieval: value(),
  codeExecution: value(),
  urlContext: value(),
  googleMaps: value(),
  fileSearch: value(),
  computerUse: value(),
  mcpServers: value(),
  retrieval: value(),
  enterpriseWebSearch: value(),
  parallelAiSearch: value(),
  exaAiSearch: value(),
});
export type Tool = Static<typeof Tool>;

export const ToolConfig = message('ToolConfig', {
  functionCallingConfig: message('FunctionCallingConfig', {
    mode: enumeration('FunctionCallingConfig.Mode', ['MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED']),
    allowedFunctionNames: repeated(string()),
    // Whether arguments are streamed in pieces: it affects the transport, not the answer.
    streamFunctionCallArguments: ignored(bool()),
  }),
  // For tools that Google runs.
  retrievalConfig: value(),
  includeServerSideToolInvocations: bool(),
});
export type ToolConfig = Static<typeof ToolConfig>;

export const GenerateContentRequest = message('GenerateContentRequest', {
  contents: repeated(Content),
  systemInstruction: Content,
  generationConfig: GenerationConfig,
  // The path names the model; where the body names one too, the real API takes the path's.
  model: ignored(string()),
  safetySettings: ignored(repeated(SafetySetting)),
  labels: ignored(map(string())),
  serviceTier: ignored(string()),
  store: ignored(bool()),
  tools: repeated(Tool),
  toolConfig: ToolConfig,
  cachedContent: string(),
  modelArmorConfig: refused(),
  continuationToken: refused(),
  outputConfig: refused(),
});
export type GenerateContentRequest = Static<typeof GenerateContentRequest>;
