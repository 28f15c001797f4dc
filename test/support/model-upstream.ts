import type {AnswerChunk} from '../../src/chat/chunk.js';
import type {ModelRequest} from '../../src/chat/request.js';
import type {Upstream} from '../../src/upstream/upstream.js';

export type ModelUpstream = Upstream & {
  /** What was asked so far, in order. */
  readonly asked: readonly ModelRequest[];
};

/** An upstream that is always ready and answers each request with what a function says. */
export function modelUpstream(answer: (request: ModelRequest) => readonly AnswerChunk[]): ModelUpstream {
  const asked: ModelRequest[] = [];
  return {
    asked,
    async *model(request) {
      asked.push(request);
      yield* answer(request);
    },
    modelName: 'gemma3-270m',
    state: {phase: 'ready', name: 'gemma3-270m', detail: ''},
    start() {},
    async ready() {},
    async close() {},
  };
}

const start: AnswerChunk = {type: 'reply-start', answeredBy: {model: 'gemma'}};
const end: AnswerChunk = {
  type: 'reply-end',
  finish: [{unified: 'stop', raw: 'stop'}],
  usage: {inputTokens: 7, outputTokens: 3},
};

/** A whole answer of these chunks. */
export function wholeAnswer(...chunks: readonly AnswerChunk[]): readonly AnswerChunk[] {
  return [start, ...chunks, end];
}

/** Answers each kind of request: a text, a vector for each input, a count. */
export function answerAny(request: ModelRequest): readonly AnswerChunk[] {
  switch (request.operation) {
    case 'chat':
    case 'complete':
      return wholeAnswer({type: 'text-delta', candidate: 0, text: 'Hello'});
    case 'embed':
      return wholeAnswer(
        ...request.inputs.map(
          (_, input): AnswerChunk => ({type: 'embedding', input, values: [0.25, -0.5, input]}),
        ),
      );
    case 'count-tokens':
      return wholeAnswer({type: 'token-count', tokens: 42});
  }
}
