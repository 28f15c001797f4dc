import type {EngineTuning} from './engine-tuning.js';

/** A model whose files are on this machine. */
export type ReadyModel = {
  readonly name: string;
  /** Paths. */
  readonly weights: string;
  readonly projector?: string | undefined;
  readonly chatTemplate?: string | undefined;
  readonly reversePrompts: readonly string[];
  readonly repeatsCalls?: true | undefined;
};

/** The arguments of llama-server for a model, without host and port. */
export function engineArguments(tuning: EngineTuning, model: ReadyModel): readonly string[] {
  const {threads, threadsBatch} = tuning;
  return [
    ...['--model', model.weights],
    ...(model.projector === undefined ? [] : ['--mmproj', model.projector]),
    ...['--ctx-size', String(tuning.contextSize)],
    ...(threads === 'auto' ? [] : ['--threads', String(threads)]),
    ...(threadsBatch === undefined ? [] : ['--threads-batch', String(threadsBatch)]),
    ...['--batch-size', String(tuning.batchSize)],
    ...['--ubatch-size', String(tuning.ubatchSize)],
    ...['--gpu-layers', String(tuning.gpuLayers)],
    ...['--parallel', String(tuning.parallel)],
    ...['--flash-attn', tuning.flashAttention ? 'on' : 'off'],
    tuning.continuousBatching ? '--cont-batching' : '--no-cont-batching',
    ...(tuning.lockMemory ? ['--mlock'] : []),
    ...['--embeddings', '--pooling', 'mean'],
    '--jinja',
    ...(model.chatTemplate === undefined ? [] : ['--chat-template-file', model.chatTemplate]),
    ...model.reversePrompts.flatMap(text => ['--reverse-prompt', text]),
    '--no-webui',
  ];
}
