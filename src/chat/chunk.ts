/**
 * One event of an answer. Every answer is
 *
 *     reply-start (text-delta | reasoning-delta | tool-call-start | tool-call-delta | embedding | token-count)* reply-end
 *
 * Content names the candidate that it belongs to; candidates may interleave. A tool-call-delta names a call that has started; the calls of
 * a candidate are numbered from 0 in the order in which they start, and may interleave too. The iterator throws a failure instead of
 * yielding it, so a stream without `reply-end` is not an answer.
 */
export type AnswerChunk = ChunkOf<keyof ContentByOperation>;

/** An event of the answer to one operation: an encoder of chats cannot be given an embedding. */
export type ChunkOf<Operation extends keyof ContentByOperation> =
  | ReplyStart
  | ContentByOperation[Operation]
  | ReplyEnd;

/** The events of an answer: as they come, or all of a recorded one. */
export type Chunks<Chunk extends AnswerChunk = AnswerChunk> = AsyncIterable<Chunk> | readonly Chunk[];

/** What an answer can carry between its start and its end, by the operation of the request. */
type ContentByOperation = {
  readonly chat: TextDelta | ReasoningDelta | ToolCallStart | ToolCallDelta;
  readonly complete: TextDelta;
  readonly embed: Embedding;
  readonly 'count-tokens': TokenCount;
};

type ReplyStart = {
  readonly type: 'reply-start';
  readonly answeredBy: AnsweredBy;
  /** The token count of the prompt, if the server says it before the end. It is not stored: the usage at the end has it too. */
  readonly inputTokens?: number;
};

type ReasoningDelta = {readonly type: 'reasoning-delta'; readonly candidate: number; readonly text: string};

type ToolCallStart = {
  readonly type: 'tool-call-start';
  readonly candidate: number;
  readonly call: number;
  readonly name: string;
};

/** A piece of the JSON text of a call's arguments. */
type ToolCallDelta = {
  readonly type: 'tool-call-delta';
  readonly candidate: number;
  readonly call: number;
  readonly text: string;
};

/** The embedding of an input, by the input's number from 0. */
type Embedding = {readonly type: 'embedding'; readonly input: number; readonly values: readonly number[]};

type TokenCount = {readonly type: 'token-count'; readonly tokens: number};

export type TextDelta = {
  readonly type: 'text-delta';
  readonly candidate: number;
  readonly text: string;
  /** Whether this is a refusal, of an API that sends refusals apart from text. */
  readonly refusal?: true;
  /** The tokens of this text, if log probabilities were requested. */
  readonly logprobs?: readonly TokenLogprob[];
};

export type ReplyEnd = {
  readonly type: 'reply-end';
  /** One for each candidate, in order. Embeddings and token counts have one. */
  readonly finish: readonly [FinishReason, ...FinishReason[]];
  readonly usage?: Usage;
};

/** Who answered: the upstream's name for its model, and the build of the engine if it reports one. */
export type AnsweredBy = {readonly model: string; readonly engine?: string};

/** `raw` has the upstream's own word if the mapping to `unified` loses information. */
export type FinishReason = {
  readonly unified: 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'malformed-tool-call' | 'other';
  readonly raw: string;
  /** The stop sequence that ended the answer, if the upstream reports it. */
  readonly stopSequence?: string;
};

export type Usage = {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens?: number;
};

/** A chosen token and its likeliest alternatives. `bytes` is the token's UTF-8, which may be part of a character. */
export type TokenLogprob = TokenChoice & {readonly top: readonly TokenChoice[]};
export type TokenChoice = {
  readonly token: string;
  readonly id?: number;
  readonly bytes: readonly number[];
  readonly logprob: number;
};
