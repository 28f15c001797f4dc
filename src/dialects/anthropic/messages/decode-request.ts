import type {TObject} from '@sinclair/typebox';
import type {JsonObject} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {
  AskedContent,
  ChatRequest,
  CountTokensRequest as NeutralCount,
  OutputFormat as NeutralOutput,
  Reasoning,
  Sampling,
} from '../../../chat/request.js';
import type {WireRequest} from '../../dialect.js';
import {fieldsHandledAs} from '../../kit/fields.js';
import type {RequestedFiles} from '../../kit/requested-files.js';
import {checkWire} from '../check-wire.js';
import {fault} from '../invalid-value.js';
import {decodeMessages} from './decode-messages.js';
import {decodeTools} from './decode-tools.js';
import {CountTokensRequest, MessagesRequest, OutputConfig, OutputFormat, Thinking} from './schema.js';

export type DecodedMessages = {
  readonly request: ChatRequest<AskedContent>;
  readonly modelName: string;
  readonly isStreamed: boolean;
  /** Whether the answer contains the thinking of the model. */
  readonly showsThinking: boolean;
  readonly warnings: readonly string[];
};

export type DecodedCount = {
  readonly request: NeutralCount<AskedContent>;
  readonly modelName: string;
  readonly warnings: readonly string[];
};

const checkMessages = checkWire(MessagesRequest);
const checkCount = checkWire(CountTokensRequest);
const checkThinking = checkWire(Thinking);
const checkOutputConfig = checkWire(OutputConfig);
const checkOutputFormat = checkWire(OutputFormat);

/** @throws RetakeError `invalid_request` or `not_supported`, naming the field. */
export function decodeRequest(
  {body: value}: Pick<WireRequest, 'body'>,
  files: RequestedFiles,
): DecodedMessages {
  const body = checkMessages(value);
  const {thinking, thinkingShown, unservedThinking} = decodeThinking(body.thinking, body.max_tokens);
  refuseWithThoughts(body);
  const {output, effort, unservedOutput} = decodeOutput(body.output_config, body.output_format);
  const {unserved, ...tools} = decodeTools(body.tools, body.tool_choice);
  const otherUnserved = unservedFields(MessagesRequest, body);
  const serverTools = [...unserved, ...unservedThinking, ...unservedOutput, ...otherUnserved];
  const reasoning: Reasoning = {...thinking, ...(effort !== undefined && {effort})};
  return {
    request: {
      operation: 'chat',
      turns: decodeMessages(body.system, body.messages, files),
      ...tools,
      sampling: decodeSampling(body),
      ...(output && {output}),
      ...(Object.keys(reasoning).length > 0 && {reasoning}),
      ...(serverTools.length > 0 && {serverTools}),
    },
    modelName: body.model,
    isStreamed: body.stream ?? false,
    showsThinking: thinkingShown,
    warnings: warningsOf([...unserved, ...unservedOutput, ...otherUnserved]),
  };
}

/** The request, without the fields that only shape the response. */
export function decodeCount({body: value}: WireRequest, files: RequestedFiles): DecodedCount {
  const body = checkCount(value);
  decodeThinking(body.thinking, Number.POSITIVE_INFINITY);
  const {output} = decodeOutput(body.output_config, body.output_format);
  const {unserved, parallelToolCalls: _parallel, ...tools} = decodeTools(body.tools, body.tool_choice);
  return {
    request: {
      operation: 'count-tokens',
      turns: decodeMessages(body.system, body.messages, files),
      ...tools,
      ...(output && {output}),
    },
    modelName: body.model,
    warnings: warningsOf([...unserved, ...unservedFields(CountTokensRequest, body)]),
  };
}

function decodeSampling(body: MessagesRequest): Sampling {
  const {stop_sequences: stop = []} = body;
  if (stop.some(sequence => sequence.trim() === '')) {
    throw fault('stop_sequences', 'each stop sequence must contain non-whitespace');
  }
  return omitUndefined({
    maxTokens: body.max_tokens,
    temperature: body.temperature,
    topP: body.top_p,
    topK: body.top_k,
    stop: stop.length > 0 ? stop : undefined,
  });
}

/** https://platform.claude.com/docs/en/build-with-claude/extended-thinking#feature-compatibility */
function refuseWithThoughts({
  thinking,
  temperature,
  top_k: topK,
  top_p: topP,
  tool_choice: choice,
}: MessagesRequest): void {
  const type = thinking?.['type'];
  if (type !== 'enabled' && type !== 'adaptive') return;
  if (temperature !== undefined && temperature !== 1) {
    throw fault('temperature', '`temperature` may only be set to 1 when thinking is enabled.');
  }
  if (topK !== undefined) throw fault('top_k', '`top_k` must be unset when thinking is enabled.');
  // Newer models, which think adaptively, accept the rest.
  if (type === 'adaptive') return;
  if (topP !== undefined && topP < 0.95) {
    const rule = '`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.';
    throw fault('top_p', rule);
  }
  const {type: choiceType} = choice ?? {};
  if (choiceType === 'any' || choiceType === 'tool') {
    throw fault('tool_choice', 'Thinking may not be enabled when tool_choice forces tool use.');
  }
}

/** Disabled thinking is a budget of 0, and adaptive thinking one of -1, as other APIs write them. */
function decodeThinking(value: JsonObject | undefined, maxTokens: number) {
  const none = {thinking: {}, thinkingShown: true, unservedThinking: []};
  if (value === undefined) return none;
  const {type, budget_tokens: budget, display} = checkThinking(value, 'thinking');
  const thinkingShown = display !== 'omitted';
  if (budget !== undefined && type !== 'enabled') {
    throw fault(`thinking.${type}.budget_tokens`, 'Extra inputs are not permitted');
  }
  switch (type) {
    case 'enabled':
      if (budget === undefined) throw fault('thinking.enabled.budget_tokens', 'Field required');
      if (budget >= maxTokens) {
        throw fault('max_tokens', '`max_tokens` must be greater than `thinking.budget_tokens`.');
      }
      return {thinking: {budget}, thinkingShown, unservedThinking: []};
    case 'adaptive':
      return {thinking: {budget: -1}, thinkingShown, unservedThinking: []};
    case 'disabled':
      return {thinking: {budget: 0}, thinkingShown, unservedThinking: []};
    case 'between_tools':
      return {thinking: {}, thinkingShown, unservedThinking: [{thinking: {type}}]};
  }
}

function decodeOutput(
  config: JsonObject | undefined,
  format: JsonObject | undefined,
): {output?: NeutralOutput; effort?: string; unservedOutput: readonly JsonObject[]} {
  const {
    effort,
    format: inner,
    task_budget: budget,
  } = config === undefined ? {} : checkOutputConfig(config, 'output_config');
  if (inner !== undefined && format !== undefined) {
    throw fault('output_format', 'must not be set together with `output_config.format`');
  }
  const asked = inner ?? format;
  const path = inner === undefined ? 'output_format' : 'output_config.format';
  return omitUndefined({
    output:
      asked === undefined
        ? undefined
        : {type: 'json-schema' as const, schema: checkOutputFormat(asked, path).schema},
    effort,
    unservedOutput: budget === undefined ? [] : [{task_budget: budget}],
  });
}

/** The fields that only Anthropic can serve, each as an object with its name. */
function unservedFields(schema: TObject, object: JsonObject): readonly JsonObject[] {
  return fieldsHandledAs('unserved', {schema, object}).flatMap(([name, value]) =>
    Array.isArray(value) && value.length === 0 ? [] : [{[name]: value}],
  );
}

function warningsOf(unserved: readonly JsonObject[]): readonly string[] {
  if (unserved.length === 0) return [];
  const names = unserved.map(tool =>
    typeof tool['type'] === 'string' ? tool['type'] : Object.keys(tool)[0],
  );
  return [`The model answered without what only Anthropic can run: ${[...new Set(names)].join(', ')}.`];
}
