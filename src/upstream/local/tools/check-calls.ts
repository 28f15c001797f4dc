import type {AnswerChunk, FinishReason} from '../../../chat/chunk.js';
import type {Tool} from '../../../chat/tools.js';
import {type ArgumentCheck, checkArguments} from './check-arguments.js';

type Call = {readonly name: string; text: string};

/**
 * The answer of a server that makes calls itself, as it comes. A candidate whose calls do not fit what was declared ends with
 * `malformed-tool-call`. What a function declares is the server's to judge: when it is no schema, nothing is checked by it.
 */
export async function* checkCalls(
  chunks: AsyncIterable<AnswerChunk>,
  tools: readonly Tool[] = [],
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
    const isRight = (calls.get(candidate) ?? []).every(({name, text}) =>
      // Nothing at all is how some servers write a call without arguments.
      (checks.get(name) ?? isAnything)(text.trim() === '' ? '{}' : text),
    );
    return isRight || finish.unified === 'length' ? finish : {...finish, unified: 'malformed-tool-call'};
  };
  return [check(first, 0), ...others.map((finish, index) => check(finish, index + 1))];
}

async function checksOf(tools: readonly Tool[]): Promise<ReadonlyMap<string, ArgumentCheck>> {
  const checks = new Map<string, ArgumentCheck>();
  for (const tool of tools) {
    try {
      for (const [name, check] of await checkArguments([tool])) checks.set(name, check);
    } catch {
      // Its server took it for a schema, and answered.
    }
  }
  return checks;
}

const isAnything: ArgumentCheck = () => true;
