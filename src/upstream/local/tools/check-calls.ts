import type {AnswerChunk, FinishReason} from '../../../chat/chunk.js';
import type {Tool} from '../../../chat/tools.js';
import {type ArgumentCheck, checkArguments} from './check-arguments.js';

type Call = {readonly name: string; text: string};

/**
 * Passes on the answer of a server that supports tools. A candidate whose calls do not match the declared parameters ends with
 * `malformed-tool-call`. The server validates the declarations: parameters that are not a schema are not checked here.
 */
export function checkCalls(
  chunks: AsyncIterable<AnswerChunk>,
  tools: readonly Tool[] = [],
): AsyncIterable<AnswerChunk> {
  return tools.length === 0 ? chunks : checkCallsOf(chunks, tools);
}

async function* checkCallsOf(
  chunks: AsyncIterable<AnswerChunk>,
  tools: readonly Tool[],
): AsyncGenerator<AnswerChunk> {
  const calls = new Map<number, Call[]>();
  for await (const chunk of chunks) {
    if (chunk.type === 'tool-call-start') {
      const started = calls.get(chunk.candidate) ?? [];
      started[chunk.call] = {name: chunk.name, text: ''};
      calls.set(chunk.candidate, started);
    } else if (chunk.type === 'tool-call-delta') {
      const call = calls.get(chunk.candidate)?.[chunk.call];
      if (call) call.text += chunk.text;
    }
    if (chunk.type !== 'reply-end' || calls.size === 0) yield chunk;
    else yield {...chunk, finish: await checkedFinish(chunk.finish, calls, tools)};
  }
}

async function checkedFinish(
  [first, ...others]: readonly [FinishReason, ...FinishReason[]],
  calls: ReadonlyMap<number, readonly Call[]>,
  tools: readonly Tool[],
): Promise<readonly [FinishReason, ...FinishReason[]]> {
  const called = new Set([...calls.values()].flat().map(({name}) => name));
  const checks = await checksOf(tools.filter(({name}) => called.has(name)));
  const check = (finish: FinishReason, candidate: number): FinishReason => {
    const isValid = (calls.get(candidate) ?? []).every(({name, text}) =>
      // Some servers write a call without arguments as an empty text.
      (checks.get(name) ?? acceptAll)(text.trim() === '' ? '{}' : text),
    );
    return isValid || finish.unified === 'length' ? finish : {...finish, unified: 'malformed-tool-call'};
  };
  return [check(first, 0), ...others.map((finish, index) => check(finish, index + 1))];
}

async function checksOf(tools: readonly Tool[]): Promise<ReadonlyMap<string, ArgumentCheck>> {
  const checks = new Map<string, ArgumentCheck>();
  for (const tool of tools) {
    try {
      for (const [name, check] of await checkArguments([tool])) checks.set(name, check);
    } catch {
      // The server accepted the parameters and answered, so they are not an error here.
    }
  }
  return checks;
}

const acceptAll: ArgumentCheck = () => true;
