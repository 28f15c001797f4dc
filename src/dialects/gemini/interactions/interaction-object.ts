import type {FinishReason, Usage} from '../../../chat/chunk.js';
import type {JsonText, Writable} from '../../../chat/json-text.js';
import type {AnswerIdentity} from '../../dialect.js';

/** A step that the model took. */
export type Step =
  | {readonly type: 'thought'; readonly summary: readonly {readonly type: 'text'; readonly text: string}[]}
  | {
      readonly type: 'model_output';
      readonly content: readonly {readonly type: 'text'; readonly text: string}[];
    }
  | {
      readonly type: 'function_call';
      readonly id: string;
      readonly name: string;
      readonly arguments: JsonText;
    };

/** What an interaction repeats of its request. */
export type InteractionHead = {
  readonly modelName: string;
  readonly previousInteractionId: string | undefined;
  /** Whether the thoughts of the model are shown. */
  readonly hasSummaries: boolean;
};

export type InteractionObject = {
  readonly id: string;
  readonly status: string;
  readonly [member: string]: Writable;
};

/** How an interaction ended. */
export type Ending = {
  readonly finish: FinishReason;
  readonly usage: Usage | undefined;
  readonly steps: readonly Step[];
  /** Whether the arguments of a call are no JSON object. */
  readonly isMalformed: boolean;
};

export function interactionId({id}: AnswerIdentity): string {
  return `v1_${id}`;
}

/** The interaction as it begins. */
export function startedInteraction(
  {modelName}: InteractionHead,
  identity: AnswerIdentity,
): InteractionObject {
  return {id: interactionId(identity), status: 'in_progress', object: 'interaction', model: modelName};
}

/** The complete interaction, without its steps where events have told them. */
export function endedInteraction(
  {modelName, previousInteractionId}: InteractionHead,
  identity: AnswerIdentity,
  ending: Ending,
  {hasSteps}: {readonly hasSteps: boolean},
): InteractionObject {
  const at = new Date(identity.createdAt * 1000).toISOString().replace('.000', '');
  const code = errorCode(ending);
  return {
    id: interactionId(identity),
    status: code === undefined ? statusOf(ending) : 'failed',
    usage: encodeUsage(ending.usage),
    created: at,
    updated: at,
    service_tier: 'standard',
    steps: hasSteps ? ending.steps : undefined,
    errors: code === undefined ? undefined : [{code, message: errorMessages[code]}],
    object: 'interaction',
    model: modelName,
    previous_interaction_id: previousInteractionId,
  };
}

function statusOf({finish, steps}: Ending): string {
  if (finish.unified === 'length') return 'incomplete';
  return steps.some(({type}) => type === 'function_call') ? 'requires_action' : 'completed';
}

const errorMessages = {
  safety: 'The answer was blocked.',
  malformed_function_call: 'The arguments of a function call are no JSON object.',
};

function errorCode({finish, isMalformed}: Ending): keyof typeof errorMessages | undefined {
  if (isMalformed || finish.unified === 'malformed-tool-call') return 'malformed_function_call';
  return finish.unified === 'content-filter' ? 'safety' : undefined;
}

/** Thoughts are counted apart from the output. */
function encodeUsage(usage: Usage | undefined): Writable {
  if (!usage) return undefined;
  const {inputTokens, outputTokens, reasoningTokens = 0} = usage;
  return {
    total_tokens: inputTokens + outputTokens,
    total_input_tokens: inputTokens,
    input_tokens_by_modality: [{modality: 'text', tokens: inputTokens}],
    total_cached_tokens: 0,
    total_output_tokens: Math.max(outputTokens - reasoningTokens, 0),
    total_tool_use_tokens: 0,
    total_thought_tokens: reasoningTokens,
  };
}
