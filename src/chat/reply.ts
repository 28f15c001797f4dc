import {RetakeError, unreachable} from '../errors.js';
import {type AnswerPart, addToParts, type GrowingParts} from './answer-parts.js';
import type {AnswerChunk, AnsweredBy, Chunks, FinishReason, TextDelta, TokenLogprob, Usage} from './chunk.js';
import {isWhole} from './chunk-of.js';
import {omitUndefined} from './omit-undefined.js';

/** A complete answer to a chat or completion request: the source of a unary response. */
export type ChatReply = {
  readonly answeredBy: AnsweredBy;
  readonly candidates: readonly Candidate[];
  readonly usage?: Usage;
};

export type Candidate = {
  /** Without a refusal. */
  readonly text: string;
  /** Present if the API sends refusals apart from text, and has sent one. */
  readonly refusal?: string;
  readonly reasoning: string;
  /** In the order in which they started; empty if there are none. */
  readonly toolCalls: readonly ToolCall[];
  /** Present when the answer carried log probabilities. */
  readonly logprobs?: readonly TokenLogprob[];
  readonly refusalLogprobs?: readonly TokenLogprob[];
  /** The same content in the order in which its parts began. */
  readonly parts: readonly AnswerPart[];
  readonly finish: FinishReason;
};

/** A tool call of the model. `arguments` is JSON text as the model wrote it, with its member order and digits. */
export type ToolCall = {readonly name: string; readonly arguments: string};

export type EmbedReply = {
  readonly answeredBy: AnsweredBy;
  /** One embedding for each input, in order. */
  readonly embeddings: readonly (readonly number[])[];
  readonly usage?: Usage;
};

export type TokenCountReply = {readonly answeredBy: AnsweredBy; readonly tokens: number};

/** An answer of any operation. */
export type Answer = ChatReply & {
  readonly embeddings?: EmbedReply['embeddings'];
  readonly tokens?: number;
};

/**
 * Folds a complete chunk stream into the reply. Re-splitting the deltas does not change the result.
 * @throws RetakeError `internal` when the stream does not follow the grammar of {@link AnswerChunk}.
 */
export async function foldChunks(chunks: Chunks): Promise<ChatReply> {
  const {answeredBy, candidates, usage} = await foldAnswer(chunks);
  return {answeredBy, candidates, ...(usage && {usage})};
}

/** Folds the answer to an embeddings request. @throws RetakeError `internal`, as `foldChunks`. */
export async function foldEmbeddings(chunks: Chunks): Promise<EmbedReply> {
  const {answeredBy, embeddings = [], usage} = await foldAnswer(chunks);
  return {answeredBy, embeddings, ...(usage && {usage})};
}

/** Folds the answer to a token count request. @throws RetakeError `internal`, as `foldChunks`. */
export async function foldTokenCount(chunks: Chunks): Promise<TokenCountReply> {
  const {answeredBy, tokens} = await foldAnswer(chunks);
  if (tokens === undefined) throw new RetakeError('internal', 'A count of tokens did not say how many');
  return {answeredBy, tokens};
}

type Content = {
  text: string;
  refusal?: string;
  reasoning: string;
  calls: ToolCall[];
  logprobs?: TokenLogprob[];
  refusalLogprobs?: TokenLogprob[];
  parts: GrowingParts;
};

/** Folds the answer to any operation. @throws RetakeError `internal`, as `foldChunks`. */
export async function foldAnswer(chunks: Chunks): Promise<Answer> {
  if (isWhole(chunks)) return foldRecorded(chunks);
  const fold = startFold();
  for await (const chunk of chunks) {
    const answer = fold(chunk);
    if (answer) return answer;
  }
  throw stoppedEarly();
}

/** The same synchronously, for a complete answer. @throws RetakeError `internal`, as `foldChunks`. */
export function foldRecorded(chunks: Iterable<AnswerChunk>): Answer {
  const fold = startFold();
  for (const chunk of chunks) {
    const answer = fold(chunk);
    if (answer) return answer;
  }
  throw stoppedEarly();
}

function stoppedEarly(): RetakeError {
  return new RetakeError('internal', 'An answer stopped before its end');
}

/** Accepts the chunks one by one, and returns the answer with the last. */
function startFold(): (chunk: AnswerChunk) => Answer | undefined {
  let answeredBy: AnsweredBy | undefined;
  let tokens: number | undefined;
  const embeddings: (readonly number[])[] = [];
  const contents = new Map<number, Content>();
  const contentOf = (candidate: number) => {
    const content = contents.get(candidate) ?? {text: '', reasoning: '', calls: [], parts: []};
    contents.set(candidate, content);
    return content;
  };
  return chunk => {
    if (isContent(chunk)) addToParts(contentOf(chunk.candidate).parts, chunk);
    switch (chunk.type) {
      case 'reply-start':
        answeredBy = chunk.answeredBy;
        break;
      case 'text-delta':
        addText(contentOf(chunk.candidate), chunk);
        break;
      case 'reasoning-delta':
        contentOf(chunk.candidate).reasoning += chunk.text;
        break;
      case 'tool-call-start': {
        const {calls} = contentOf(chunk.candidate);
        if (chunk.call !== calls.length) {
          throw new RetakeError(
            'internal',
            `Call ${chunk.call} of an answer started as number ${calls.length}`,
          );
        }
        calls.push({name: chunk.name, arguments: ''});
        break;
      }
      case 'tool-call-delta': {
        const {calls} = contentOf(chunk.candidate);
        const call = calls[chunk.call];
        if (!call)
          throw new RetakeError('internal', `Call ${chunk.call} of an answer went on before it started`);
        calls[chunk.call] = {...call, arguments: call.arguments + chunk.text};
        break;
      }
      case 'embedding':
        if (chunk.input !== embeddings.length) {
          throw new RetakeError(
            'internal',
            `Vector ${chunk.input} of an answer came as number ${embeddings.length}`,
          );
        }
        embeddings.push(chunk.values);
        break;
      case 'token-count':
        tokens = chunk.tokens;
        break;
      case 'reply-end':
        if (answeredBy === undefined) throw new RetakeError('internal', 'An answer ended before it started');
        for (const candidate of contents.keys()) {
          if (candidate >= chunk.finish.length) {
            throw new RetakeError('internal', `Candidate ${candidate} of an answer spoke but did not end`);
          }
        }
        return omitUndefined({
          answeredBy,
          candidates: chunk.finish.map((finish, index) => {
            const {calls, ...content} = contentOf(index);
            return {...content, toolCalls: calls, finish};
          }),
          embeddings: embeddings.length > 0 ? embeddings : undefined,
          tokens,
          usage: chunk.usage,
        });
      default:
        unreachable(chunk);
    }
    return undefined;
  };
}

function isContent(chunk: AnswerChunk): chunk is Extract<AnswerChunk, {readonly candidate: number}> {
  return 'candidate' in chunk;
}

function addText(content: Content, {text, refusal, logprobs}: TextDelta): void {
  if (refusal) {
    content.refusal = (content.refusal ?? '') + text;
    if (!logprobs) return;
    content.refusalLogprobs ??= [];
    content.refusalLogprobs.push(...logprobs);
    return;
  }
  content.text += text;
  if (!logprobs) return;
  content.logprobs ??= [];
  content.logprobs.push(...logprobs);
}
