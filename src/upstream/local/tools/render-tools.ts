import {type JsonObject, stringifyJson} from '../../../chat/json.js';
import type {Content, Part, Turn} from '../../../chat/request.js';
import type {Tool} from '../../../chat/tools.js';
import {callEnd, callStart, resultEnd, resultStart, writeCall, writeResult} from './call-text.js';

/** How the model is to answer. */
export type CallManner = {
  /** `output`: with a call or with what the client wants answers to be, both JSON. */
  readonly choice: 'free' | 'forced' | 'output';
  readonly isSingle: boolean;
};

/** The system text that tells a model of its functions, which its template cannot. */
export function describeTools(tools: readonly Tool[], {choice, isSingle}: CallManner): string {
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
  return {
    name,
    ...(description && {description}),
    parameters: parameters ?? {type: 'object', properties: {}},
  };
}

/** The turns with what is to be said to the model at the end of its instructions. */
export function addInstructions(turns: readonly Turn[], text: string): readonly Turn[] {
  const first = turns.findIndex(({role}) => role !== 'system');
  const start = first === -1 ? turns.length : first;
  const instructions: Turn = {role: 'system', parts: [{type: 'text', text}]};
  return [...turns.slice(0, start), instructions, ...turns.slice(start)];
}

/** Calls and results told as text: those as the model's own words, these as the user's, with the pictures that came with them. */
export function tellCalls(turns: readonly Turn[]): readonly Turn[] {
  const names = new Map<string, string>();
  return turns.map(turn => ({
    ...turn,
    parts: turn.parts.flatMap((part, index): readonly Part[] => {
      const isFirst = index === 0;
      if (part.type === 'tool-call') {
        names.set(part.call, part.name);
        return [onItsLine(writeCall(part), isFirst)];
      }
      if (part.type !== 'tool-result') return [part];
      const {call, name = names.get(call) ?? call, content = []} = part;
      return [onItsLine(writeResult(name, part), isFirst), ...content];
    }),
  }));
}

function onItsLine(text: string, isFirst: boolean): Content {
  return {type: 'text', text: isFirst ? text : `\n${text}`};
}

/** Whether the last thing said is what functions returned. */
export function endsWithResults(turns: readonly Turn[]): boolean {
  return turns.at(-1)?.parts.some(part => part.type === 'tool-result') ?? false;
}

/** Whether functions have been called or have returned anything. */
export function mentionsCalls(turns: readonly Turn[]): boolean {
  return turns.some(({parts}) => parts.some(({type}) => type === 'tool-call' || type === 'tool-result'));
}
