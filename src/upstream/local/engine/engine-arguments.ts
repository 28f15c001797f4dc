import type {EngineTuning} from './engine-tuning.js';
import {contextFor, type Machine, thisMachine, threadsFor} from './machine.js';

/** A model whose files are on this machine. */
export type ReadyModel = {
  readonly name: string;
  /** Paths. */
  readonly weights: string;
  readonly projector?: string | undefined;
  readonly chatTemplate?: string | undefined;
  readonly reversePrompts: readonly string[];
  readonly repeatsCalls?: true | undefined;
  readonly temperature?: number | undefined;
  /** The longest context that the model was trained for, if it is known. */
  readonly contextLength?: number | undefined;
};

/** The arguments of llama-server for a model, without host and port. */
export function engineArguments(
  tuning: EngineTuning,
  model: ReadyModel,
  machine: Machine = thisMachine(),
): readonly string[] {
  const {threadsBatch} = tuning;
  const threads = tuning.threads === 'auto' ? threadsFor(machine) : tuning.threads;
  const contextSize =
    tuning.contextSize === 'auto' ? contextFor(machine, model.contextLength) : tuning.contextSize;
  return [
    ...['--model', model.weights],
    ...(model.projector === undefined ? [] : ['--mmproj', model.projector]),
    ...['--ctx-size', String(contextSize)],
    ...['--threads', String(threads)],
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
