import {type JsonObject, stringifyJson} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {Content, Part, Turn} from '../../../chat/request.js';
import type {Tool} from '../../../chat/tools.js';
import {callEnd, callStart, resultEnd, resultStart, writeCall, writeResult} from './call-text.js';

/** How the model writes its calls. */
export type CallFormat = {
  /** `free`: calls within text. `forced`: a call and nothing else. `output`: a call or structured output, both as JSON. */
  readonly choice: 'free' | 'forced' | 'output';
  readonly isSingle: boolean;
};

/** The system text that describes the tools to a model whose chat template does not support them. */
export function renderTools(tools: readonly Tool[], {choice, isSingle}: CallFormat): string {
  return [
    ...(choice === 'output' ? callAsOutput : callInText),
    '',
    `What it returns will stand between ${resultStart} and ${resultEnd}.`,
    choice === 'forced' ? 'Answer with a call.' : 'Call a function only when you need it.',
    ...(isSingle ? ['Call one function at a time.'] : []),
    '',
    'The functions:',
    ...tools.map(tool => stringifyJson(describeTool(tool))),
  ].join('\n');
}

const exampleCall = '{"name":"function_name","arguments":{"argument":"value"}}';
const callInText = [
  `You can call functions. To call one, write its name and its arguments as JSON between ${callStart} and ${callEnd}:`,
  `${callStart}${exampleCall}${callEnd}`,
];
const callAsOutput = [
  'You can call functions. To call one, answer with its name and its arguments as JSON:',
  `{"tool_call":${exampleCall}}`,
];

function describeTool({name, description, parameters}: Tool): JsonObject {
  return omitUndefined({
    name,
    description: description || undefined,
    parameters: parameters ?? {type: 'object', properties: {}},
  });
}

/** The turns with a text added to the end of the system instructions. */
export function addInstructions(turns: readonly Turn[], text: string): readonly Turn[] {
  const first = turns.findIndex(({role}) => role !== 'system');
  const start = first === -1 ? turns.length : first;
  const instructions: Turn = {role: 'system', parts: [{type: 'text', text}]};
  return [...turns.slice(0, start), instructions, ...turns.slice(start)];
}

/** Renders calls and tool results as text. Images that came with a result follow it. */
export function renderCalls(turns: readonly Turn[]): readonly Turn[] {
  const names = new Map<string, string>();
  return turns.map(turn => ({
    ...turn,
    parts: turn.parts.flatMap((part, index): readonly Part[] => {
      const isFirst = index === 0;
      if (part.type === 'tool-call') {
        names.set(part.call, part.name);
        return [onNewLine(writeCall(part), isFirst)];
      }
      if (part.type !== 'tool-result') return [part];
      const {call, name = names.get(call) ?? call, content = []} = part;
      return [onNewLine(writeResult(name, part), isFirst), ...content];
    }),
  }));
}

function onNewLine(text: string, isFirst: boolean): Content {
  return {type: 'text', text: isFirst ? text : `\n${text}`};
}

/** Whether the last turn has tool results. */
export function endsWithResults(turns: readonly Turn[]): boolean {
  return turns.at(-1)?.parts.some(part => part.type === 'tool-result') ?? false;
}

/** Whether there are tool calls or results in the turns. */
export function hasCalls(turns: readonly Turn[]): boolean {
  return turns.some(({parts}) => parts.some(({type}) => type === 'tool-call' || type === 'tool-result'));
}
