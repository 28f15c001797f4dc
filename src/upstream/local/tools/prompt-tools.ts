import type {ChatRequest, CountTokensRequest, Part, Turn} from '../../../chat/request.js';
import type {Tool} from '../../../chat/tools.js';
import type {UpstreamDescription} from '../../upstream-description.js';
import {callableTools} from './callable-tools.js';
import {
  addInstructions,
  type CallFormat,
  endsWithResults,
  hasCalls,
  renderCalls,
  renderTools,
} from './render-tools.js';

/** The prompt for a model whose chat template does not support tools. */
export type ToolPrompt = {
  /** Turns with nothing but text and media. */
  readonly turns: readonly Turn[];
  /** The tools that it may call now, and how; absent if it may call none. */
  readonly calling?: CallFormat & {readonly tools: readonly Tool[]};
  /** The prompt contains calls, so the model might write another one, which it must not. */
  readonly forbidsCalls: boolean;
};

type Asked = Pick<ChatRequest, 'turns' | 'tools' | 'toolChoice' | 'parallelToolCalls' | 'output'>;

/** @throws RetakeError `invalid_request` if a call is required and there is no tool */
export function promptTools(
  request: Asked | CountTokensRequest,
  {repeatsCalls = false}: Pick<UpstreamDescription, 'repeatsCalls'>,
): ToolPrompt {
  const tools = callableTools(request);
  const format = formatOf(request);
  const rendered = renderCalls(request.turns);
  const hasResults = endsWithResults(request.turns);
  if (tools.length === 0 || format === undefined) {
    const turns = hasResults ? withQuestion(rendered) : rendered;
    return {turns, forbidsCalls: hasCalls(request.turns)};
  }
  const turns = addInstructions(rendered, renderTools(tools, format));
  if (repeatsCalls && hasResults && format.choice !== 'forced')
    return {turns: withQuestion(turns), forbidsCalls: true};
  return {turns, calling: {...format, tools}, forbidsCalls: false};
}

function formatOf(request: Asked): CallFormat | undefined {
  const {toolChoice, output, parallelToolCalls} = request;
  const isSingle = parallelToolCalls === false;
  switch (toolChoice?.type) {
    case 'none':
      return undefined;
    case 'required':
      return {choice: 'forced', isSingle};
    default:
      return {choice: output === undefined ? 'free' : 'output', isSingle};
  }
}

/** Asks for an answer after tool results, which the model might otherwise continue with further calls. */
function withQuestion(turns: readonly Turn[]): readonly Turn[] {
  const last = turns.at(-1);
  const question: Part = {type: 'text', text: '\n\nSo what is the answer?'};
  return last === undefined ? turns : [...turns.slice(0, -1), {...last, parts: [...last.parts, question]}];
}
