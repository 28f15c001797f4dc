import {Value} from '@sinclair/typebox/value';
import {createParser} from 'eventsource-parser';
import type {AnswerChunk, FinishReason, TokenLogprob, Usage} from '../../../src/chat/chunk.js';
import {
  ChatCompletion,
  ChatCompletionChunk,
  type WireLogprobs,
} from '../../../src/dialects/openai/chat-completions/reply-schema.js';

/** What a client of the OpenAI API can read of one candidate. */
export type SeenCandidate = {
  text: string;
  refusal: string;
  reasoning: string;
  calls: {name: string; arguments: string}[];
  logprobs: readonly Omit<TokenLogprob, 'id'>[] | null;
  refusalLogprobs: readonly Omit<TokenLogprob, 'id'>[] | null;
  finish: string | null;
};

export type SeenAnswer = {candidates: SeenCandidate[]; usage: Usage | undefined};

/** What the OpenAI API can express of chunks: it has no token ids, and no value for an unknown finish reason. */
export function seenOf(chunks: readonly AnswerChunk[]): SeenAnswer {
  const end = chunks.at(-1);
  if (end?.type !== 'reply-end') throw new Error('The chunks do not end');
  const candidates = end.finish.map(({unified}) => ({...silent(), finish: wireFinish[unified]}));
  for (const chunk of chunks) {
    if (chunk.type === 'tool-call-start') {
      const caller = candidates[chunk.candidate];
      caller?.calls.push({name: chunk.name, arguments: ''});
      if (caller?.finish === 'stop') caller.finish = 'tool_calls';
    }
    if (chunk.type === 'tool-call-delta') {
      const called = candidates[chunk.candidate]?.calls[chunk.call];
      if (called) called.arguments += chunk.text;
    }
    if (chunk.type !== 'text-delta' && chunk.type !== 'reasoning-delta') continue;
    const candidate = candidates[chunk.candidate];
    if (candidate === undefined) throw new Error('A delta has no candidate');
    if (chunk.type === 'reasoning-delta') candidate.reasoning += chunk.text;
    else {
      candidate[chunk.refusal ? 'refusal' : 'text'] += chunk.text;
      const tokens = chunk.logprobs?.map(({token, bytes, logprob, top}) => ({
        token,
        bytes,
        logprob,
        top: top.map(choice => ({token: choice.token, bytes: choice.bytes, logprob: choice.logprob})),
      }));
      const list = chunk.refusal ? 'refusalLogprobs' : 'logprobs';
      if (tokens) candidate[list] = [...(candidate[list] ?? []), ...tokens];
    }
  }
  for (const called of candidates.flatMap(({calls}) => calls)) {
    if (called.arguments.trim() === '') called.arguments += '{}';
  }
  return {candidates, usage: end.usage};
}

const wireFinish: Readonly<Record<FinishReason['unified'], string>> = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'content_filter',
  'tool-calls': 'tool_calls',
  'malformed-tool-call': 'stop',
  other: 'stop',
};

function silent(): SeenCandidate {
  return {
    text: '',
    refusal: '',
    reasoning: '',
    calls: [],
    logprobs: null,
    refusalLogprobs: null,
    finish: null,
  };
}

/** Decodes a unary answer, and checks it against the schema. */
export function decodeReply(body: string): SeenAnswer {
  const completion = Value.Parse(ChatCompletion, JSON.parse(body));
  return {
    candidates: completion.choices.map(({message, logprobs, finish_reason: finish}) => ({
      text: message.content ?? '',
      refusal: message.refusal ?? '',
      calls: (message.tool_calls ?? []).map(called => {
        if (called.type !== 'function') throw new Error('A function was called as a custom tool');
        return called.function;
      }),
      reasoning: message.reasoning_content ?? '',
      logprobs: decodeLogprobs(logprobs?.content),
      refusalLogprobs: decodeLogprobs(logprobs?.refusal),
      finish,
    })),
    usage: decodeUsage(completion.usage),
  };
}

/** Decodes a stream that arrives in any pieces, and checks every event against the schema and the order that clients rely on. */
export function decodeStream(pieces: readonly string[]): SeenAnswer {
  const data: string[] = [];
  const parser = createParser({onEvent: event => data.push(event.data)});
  for (const piece of pieces) parser.feed(piece);
  if (data.pop() !== '[DONE]') throw new Error('The stream does not end with [DONE]');
  const answer: SeenAnswer = {candidates: [], usage: undefined};
  for (const event of data.map(json => Value.Parse(ChatCompletionChunk, JSON.parse(json)))) {
    if (event.usage) answer.usage = decodeUsage(event.usage);
    for (const {index, delta, logprobs, finish_reason: finish} of event.choices) {
      if (delta.role !== undefined) {
        if (answer.candidates[index]) throw new Error(`Candidate ${index} has two roles`);
        answer.candidates[index] = silent();
      }
      const candidate = answer.candidates[index];
      if (candidate === undefined) throw new Error(`Candidate ${index} speaks before its role`);
      if (candidate.finish !== null) throw new Error(`Candidate ${index} speaks after its end`);
      candidate.text += delta.content ?? '';
      candidate.refusal += delta.refusal ?? '';
      candidate.reasoning += delta.reasoning_content ?? '';
      for (const {index: call, id, function: piece} of delta.tool_calls ?? []) {
        if (id !== undefined) candidate.calls.push({name: piece?.name ?? '', arguments: ''});
        const called = candidate.calls[call];
        if (!called) throw new Error(`Call ${call} goes on before it has an id`);
        called.arguments += piece?.arguments ?? '';
      }
      const tokens = decodeLogprobs(logprobs?.content);
      if (tokens) candidate.logprobs = [...(candidate.logprobs ?? []), ...tokens];
      const refused = decodeLogprobs(logprobs?.refusal);
      if (refused) candidate.refusalLogprobs = [...(candidate.refusalLogprobs ?? []), ...refused];
      candidate.finish = finish;
    }
  }
  return answer;
}

function decodeLogprobs(tokens: WireLogprobs['content'] | undefined): SeenCandidate['logprobs'] {
  return (tokens ?? null) && (tokens ?? []).map(({top_logprobs: top, ...token}) => ({...token, top}));
}

function decodeUsage(usage: ChatCompletion['usage'] | null): Usage | undefined {
  if (!usage) return undefined;
  if (usage.total_tokens !== usage.prompt_tokens + usage.completion_tokens)
    throw new Error('The total is off');
  const reasoningTokens = usage.completion_tokens_details?.reasoning_tokens;
  return {
    inputTokens: usage.prompt_tokens,
    outputTokens: usage.completion_tokens,
    ...(reasoningTokens !== undefined && {reasoningTokens}),
  };
}
