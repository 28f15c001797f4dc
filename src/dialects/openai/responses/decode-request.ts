import type {JsonObject} from '../../../chat/json.js';
import type {AskedContent, ChatRequest, CountTokensRequest, Turn} from '../../../chat/request.js';
import type {WireRequest} from '../../dialect.js';
import {omitEmpty} from '../../kit/omit-empty.js';
import {decodeTextFormat} from '../chat-completions/decode-output.js';
import {checkWire} from '../check-wire.js';
import {ConversationReference} from '../conversations/schema.js';
import {extrasOf, refuseForeign, refuseUnsupported} from '../handling.js';
import {missingParameter, onlyOneOf} from '../invalid-value.js';
import {modelNameIn} from '../model-name.js';
import {onlyAllowed} from '../stream-options.js';
import type {CallForms} from './call-forms.js';
import {compactionPrompt} from './compaction.js';
import {type ConversationSettings, settingsIn} from './conversation-settings.js';
import {decodeItems, itemPath, type Referable, resolveReference} from './decode-items.js';
import {decodeTools} from './decode-tools.js';
import {
  CompactRequest,
  InputTokensRequest,
  ReasoningConfig,
  ResponseRequest,
  StreamOptions,
  TextConfig,
} from './schema.js';

/** What a request can build on. */
export type Surroundings = Referable & {
  /** The conversation of an earlier response, with its answer. */
  conversationOf(responseId: string): readonly JsonObject[];
  /** The items of a conversation. @throws RetakeError `invalid_request` (404) in the real API's words. */
  itemsOf(conversation: string): readonly JsonObject[];
};

export type DecodedResponse = {
  readonly request: ChatRequest<AskedContent>;
  readonly modelName: string;
  readonly body: ResponseRequest & JsonObject;
  /** The conversation of earlier responses, and what this request adds. */
  readonly earlier: readonly JsonObject[];
  readonly added: readonly JsonObject[];
  /** The conversation that the request continues, by its id. */
  readonly conversation: string | undefined;
  readonly callForms: CallForms;
  readonly warnings: readonly string[];
};

const checkBody = checkWire(ResponseRequest);
const checkCount = checkWire(InputTokensRequest);
const checkCompact = checkWire(CompactRequest);
const checkStreamOptions = checkWire(StreamOptions);
const checkText = checkWire(TextConfig);
const checkReference = checkWire(ConversationReference);
const checkReasoning = checkWire(ReasoningConfig);

/** @throws RetakeError `invalid_request` or `not_supported`, naming the field. */
export function decodeRequest({body: value, params}: WireRequest, around: Surroundings): DecodedResponse {
  const modelName = modelNameIn(value, params['deployment']);
  const body = checkBody(value);
  if (modelName === '') throw missingParameter('model');
  refuseForeign(ResponseRequest, body);
  refuseUnsupported(ResponseRequest, body);
  if (body.stream_options !== undefined) {
    if (!body.stream) throw onlyAllowed('stream_options', 'stream');
    checkStreamOptions(body.stream_options, 'stream_options');
  }
  const {earlier, added, turns, conversation, settings} = decodeConversation(body, around);
  const {warnings, callForms, ...tools} = decodeTools(body, settings);
  const {output, verbosity} = decodeText(body.text, settings);
  return {
    request: {
      operation: 'chat',
      turns,
      ...tools,
      ...omitEmpty({
        sampling: omitEmpty({
          temperature: body.temperature,
          topP: body.top_p,
          maxTokens: body.max_output_tokens,
        }),
        output,
        logprobs: decodeLogprobs(body),
        reasoning: decodeReasoning(body.reasoning, settings),
        extras: {...extrasOf(ResponseRequest, body), ...omitEmpty({verbosity})},
      }),
    },
    modelName,
    body,
    earlier,
    added,
    conversation,
    callForms,
    warnings,
  };
}

export type DecodedCount = {
  readonly request: CountTokensRequest<AskedContent>;
  readonly modelName: string;
  readonly warnings: readonly string[];
};

/** A request to count the input tokens of a response. */
export function decodeCount({body: value, params}: WireRequest, around: Surroundings): DecodedCount {
  const modelName = modelNameIn(value, params['deployment']);
  const body = checkCount(value);
  refuseForeign(InputTokensRequest, body);
  refuseUnsupported(InputTokensRequest, body);
  const {turns, settings} = decodeConversation(body, around);
  const {tools, toolChoice, warnings} = decodeTools(body, settings);
  const {output} = decodeText(body.text, settings);
  return {
    request: {
      operation: 'count-tokens',
      turns,
      ...(tools && {tools}),
      ...(toolChoice && {toolChoice}),
      ...omitEmpty({output, extras: extrasOf(InputTokensRequest, body)}),
    },
    modelName,
    warnings,
  };
}

export type DecodedCompaction = {
  readonly request: ChatRequest<AskedContent>;
  readonly modelName: string;
  /** The conversation. */
  readonly items: readonly JsonObject[];
};

/** A request to compact a conversation: the model is asked for a summary. */
export function decodeCompaction(
  {body: value, params}: WireRequest,
  around: Surroundings,
): DecodedCompaction {
  const modelName = modelNameIn(value, params['deployment']);
  const body = checkCompact(value);
  if (modelName === '') throw missingParameter('model');
  const {earlier, added, turns} = decodeConversation(body, around);
  const question = {role: 'user', parts: [{type: 'text', text: compactionPrompt}]} as const;
  return {
    request: {operation: 'chat', turns: [...turns, question]},
    modelName,
    items: [...earlier, ...added],
  };
}

type Conversation = Pick<DecodedResponse, 'earlier' | 'added' | 'conversation'> & {
  readonly turns: readonly Turn<AskedContent>[];
  readonly settings: ConversationSettings;
};

/** Only the instructions of this request count; the earlier conversation comes from the previous response. */
function decodeConversation(
  {
    input,
    instructions,
    previous_response_id: previous,
    conversation: given,
  }: Partial<Pick<ResponseRequest, 'input' | 'instructions' | 'previous_response_id' | 'conversation'>>,
  around: Surroundings,
): Conversation {
  if (previous !== undefined && given !== undefined) {
    throw onlyOneOf('previous_response_id', 'conversation');
  }
  const conversation = typeof given === 'object' ? checkReference(given, 'conversation').id : given;
  const earlier = [
    ...(previous === undefined ? [] : around.conversationOf(previous)),
    ...(conversation === undefined ? [] : around.itemsOf(conversation)),
  ];
  if (input === undefined && previous === undefined && conversation === undefined)
    throw missingParameter('input');
  const added = typeof input === 'string' ? [{role: 'user', content: input}] : (input ?? []);
  const system: Turn<AskedContent> = {role: 'system', parts: [{type: 'text', text: instructions ?? ''}]};
  const resolved = added.map((item, index) => resolveReference(item, `input[${index}]`, around));
  const items = [...earlier, ...resolved];
  const turns = decodeItems(items, earlier.length, around);
  return {
    earlier,
    added: resolved,
    conversation,
    turns: [...(instructions === undefined ? [] : [system]), ...turns],
    settings: settingsIn(items, index => itemPath(index, earlier.length)),
  };
}

function decodeText(text: JsonObject = {}, {format: later}: ConversationSettings) {
  const {format, verbosity} = checkText(text, 'text');
  return {output: decodeTextFormat(later ?? format), verbosity};
}

function decodeReasoning(reasoning: JsonObject = {}, {effort: later}: ConversationSettings) {
  const checked = checkReasoning(reasoning, 'reasoning');
  refuseUnsupported(ReasoningConfig, checked, 'reasoning');
  return omitEmpty({effort: later ?? checked.effort});
}

function decodeLogprobs({include = [], top_logprobs: top = 0}: ResponseRequest) {
  return top > 0 || include.includes('message.output_text.logprobs') ? {top} : undefined;
}
