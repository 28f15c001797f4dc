import type {ChatRequest, CountTokensRequest, Part, Turn} from '../../../chat/request.js';
import type {Tool} from '../../../chat/tools.js';
import type {UpstreamDescription} from '../../upstream-description.js';
import {callableTools} from './callable-tools.js';
import {
  addInstructions,
  type CallManner,
  describeTools,
  endsWithResults,
  mentionsCalls,
  tellCalls,
} from './render-tools.js';

/** What a model is told whose template has no words for tools. */
export type ToolPrompt = {
  /** Turns of text and media alone. */
  readonly turns: readonly Turn[];
  /** What it may call now, and how; absent when it may call nothing. */
  readonly calling?: CallManner & {readonly tools: readonly Tool[]};
  /** It has seen calls and might go on with one, which is not wanted. */
  readonly forbidsCalls: boolean;
};

type Asked = Pick<ChatRequest, 'turns' | 'tools' | 'toolChoice' | 'parallelToolCalls' | 'output'>;

/** @throws RetakeError `invalid_request` when a call is forced and there is nothing to call */
export function promptTools(
  request: Asked | CountTokensRequest,
  {repeatsCalls = false}: Pick<UpstreamDescription, 'repeatsCalls'>,
): ToolPrompt {
  const tools = callableTools(request);
  const manner = mannerOf(request);
  const told = tellCalls(request.turns);
  const hasResults = endsWithResults(request.turns);
  if (tools.length === 0 || manner === undefined) {
    const turns = hasResults ? withQuestion(told) : told;
    return {turns, forbidsCalls: mentionsCalls(request.turns)};
  }
  const turns = addInstructions(told, describeTools(tools, manner));
  if (repeatsCalls && hasResults && manner.choice !== 'forced')
    return {turns: withQuestion(turns), forbidsCalls: true};
  return {turns, calling: {...manner, tools}, forbidsCalls: false};
}

function mannerOf(request: Asked): CallManner | undefined {
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

/** Asks for words where results would be followed by further calls. */
function withQuestion(turns: readonly Turn[]): readonly Turn[] {
  const last = turns.at(-1);
  const question: Part = {type: 'text', text: '\n\nSo what is the answer?'};
  return last === undefined ? turns : [...turns.slice(0, -1), {...last, parts: [...last.parts, question]}];
}
