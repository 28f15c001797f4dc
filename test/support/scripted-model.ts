import type {AnswerChunk, FinishReason} from '../../src/chat/chunk.js';
import type {ModelRequest} from '../../src/chat/request.js';
import type {Upstream} from '../../src/upstream/upstream.js';

/** The chunks of an answer, between its start and its end. */
export type ModelScript = (request: ModelRequest, index: number) => readonly AnswerChunk[];

export type ScriptedModel = {
  readonly upstream: Upstream;
  /** The requests so far, in order. */
  readonly asked: readonly ModelRequest[];
};

/** A model inside the process that answers by a script. */
export function scriptedModel(script: ModelScript): ScriptedModel {
  const asked: ModelRequest[] = [];
  return {
    asked,
    upstream: {
      modelName: 'scripted-model',
      state: {phase: 'ready', name: 'scripted-model', detail: ''},
      start: () => undefined,
      ready: async () => undefined,
      close: async () => undefined,
      async *model(request) {
        const index = asked.length;
        asked.push(request);
        yield {type: 'reply-start', answeredBy: {model: 'scripted-model'}};
        yield* script(request, index);
      },
    },
  };
}

export function says(text: string, candidate = 0): AnswerChunk {
  return {type: 'text-delta', candidate, text};
}

export function thinks(text: string): AnswerChunk {
  return {type: 'reasoning-delta', candidate: 0, text};
}

/** A complete tool call: its start, and its arguments in pieces. */
export function calls(name: string, pieces: readonly string[], call = 0): readonly AnswerChunk[] {
  return [
    {type: 'tool-call-start', candidate: 0, call, name},
    ...pieces.map((text): AnswerChunk => ({type: 'tool-call-delta', candidate: 0, call, text})),
  ];
}

export function ends(unified: FinishReason['unified'] = 'stop'): AnswerChunk {
  return {type: 'reply-end', finish: [{unified, raw: unified}], usage: {inputTokens: 7, outputTokens: 3}};
}
