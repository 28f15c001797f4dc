import type {AnswerChunk, FinishReason, ReplyEnd, Usage} from '../chat/chunk.js';
import {omitUndefined} from '../chat/omit-undefined.js';
import type {WireChunk} from '../chat/wire.js';
import type {Limit} from './fault.js';

/**
 * The answer up to a number of words, with the finish reason of the fault. Each candidate has that many; a tool call that reaches the
 * limit has incomplete arguments, as models leave them.
 */
export async function* limitAnswer<Other extends WireChunk = never>(
  chunks: AsyncIterable<AnswerChunk | Other>,
  {name, words}: Limit,
): AsyncGenerator<AnswerChunk | Other> {
  const left = new Map<number, number>();
  const startedCalls = new Set<string>();
  const leftOf = (candidate: number) => left.get(candidate) ?? words;
  for await (const chunk of chunks) {
    switch (chunk.type) {
      case 'text-delta':
      case 'reasoning-delta':
      case 'tool-call-delta': {
        if (chunk.type === 'tool-call-delta' && !startedCalls.has(idOf(chunk))) break;
        const {text, count} = firstWords(chunk.text, leftOf(chunk.candidate));
        left.set(chunk.candidate, leftOf(chunk.candidate) - count);
        // Log probabilities are those of whole deltas.
        if (text === chunk.text) yield chunk;
        else if (text !== '') yield chunk.type === 'text-delta' ? withText(chunk, text) : {...chunk, text};
        break;
      }
      case 'tool-call-start':
        if (leftOf(chunk.candidate) <= 0) break;
        startedCalls.add(idOf(chunk));
        yield chunk;
        break;
      case 'reply-end':
        yield ended(chunk, name, words);
        break;
      default:
        yield chunk;
    }
  }
}

function idOf({candidate, call}: {readonly candidate: number; readonly call: number}): string {
  return `${candidate}/${call}`;
}

function withText(chunk: Extract<AnswerChunk, {type: 'text-delta'}>, text: string): AnswerChunk {
  const {type, candidate, refusal} = chunk;
  return omitUndefined({type, candidate, text, refusal});
}

/** Nothing of the text if no word is left. */
function firstWords(text: string, limit: number): {readonly text: string; readonly count: number} {
  if (limit <= 0) return {text: '', count: 0};
  let count = 0;
  let end = 0;
  for (const word of text.matchAll(/\S+/g)) {
    if (count === limit) return {text: text.slice(0, end), count};
    count++;
    end = word.index + word[0].length;
  }
  return {text, count};
}

const finishes: {readonly [Name in Limit['name']]: FinishReason} = {
  'max-tokens': {unified: 'length', raw: 'length'},
  'content-filter': {unified: 'content-filter', raw: 'content_filter'},
};

function ended({finish, usage, ...end}: ReplyEnd, name: Limit['name'], words: number): ReplyEnd {
  const [, ...others] = finish;
  const reason = finishes[name];
  return omitUndefined({
    ...end,
    finish: [reason, ...others.map(() => reason)] as const,
    usage: usage && limitUsage(usage, words * finish.length),
  });
}

/** A word counts as a token. */
function limitUsage(usage: Usage, words: number): Usage {
  return {...usage, outputTokens: Math.min(usage.outputTokens, words)};
}
