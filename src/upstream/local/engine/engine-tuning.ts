import {type Static, Type} from '@sinclair/typebox';

/** How llama-server uses the machine. Each setting corresponds to a llama-server flag. */
export const EngineTuning = Type.Object(
  {
    contextSize: Type.Integer({
      default: 8192,
      minimum: 0,
      description: 'Tokens of context for all slots together; 0 takes what the model was trained with.',
    }),
    threads: Type.Union([Type.Literal('auto'), Type.Integer({minimum: 1})], {
      default: 'auto',
      description: 'Threads that generate.',
    }),
    threadsBatch: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'Threads that read the prompt; as many as generate, unless given.',
      }),
    ),
    batchSize: Type.Integer({
      default: 2048,
      minimum: 1,
      description: 'Tokens of a prompt taken in one step.',
    }),
    ubatchSize: Type.Integer({
      default: 512,
      minimum: 1,
      description: 'Tokens computed at once in such a step.',
    }),
    gpuLayers: Type.Integer({
      default: 0,
      minimum: 0,
      description: 'Layers of the model that live on the GPU.',
    }),
    parallel: Type.Integer({default: 1, minimum: 1, description: 'Requests answered at the same time.'}),
    flashAttention: Type.Boolean({default: false, description: 'Flash attention.'}),
    continuousBatching: Type.Boolean({
      default: false,
      description: 'Lets a request join while others are being answered.',
    }),
    lockMemory: Type.Boolean({default: false, description: 'Keeps the model in memory, out of swap.'}),
  },
  {additionalProperties: false},
);
export type EngineTuning = Static<typeof EngineTuning>;

export const defaultTuning: EngineTuning = {
  contextSize: 8192,
  threads: 'auto',
  batchSize: 2048,
  ubatchSize: 512,
  gpuLayers: 0,
  parallel: 1,
  flashAttention: false,
  continuousBatching: false,
  lockMemory: false,
};
