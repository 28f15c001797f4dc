import {type Static, Type} from '@sinclair/typebox';

/** How llama-server uses the machine. Each setting corresponds to a llama-server flag. */
export const EngineTuning = Type.Object(
  {
    contextSize: Type.Union([Type.Literal('auto'), Type.Integer({minimum: 0})], {
      default: 'auto',
      description:
        "Context size in tokens for all slots: auto by the machine's memory, 0 for the model's own",
    }),
    threads: Type.Union([Type.Literal('auto'), Type.Integer({minimum: 1})], {
      default: 'auto',
      description: 'Threads for generation; auto leaves one core free',
    }),
    threadsBatch: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'Threads for prompt processing (default: as for generation)',
      }),
    ),
    batchSize: Type.Integer({
      default: 2048,
      minimum: 1,
      description: 'Logical batch size in tokens',
    }),
    ubatchSize: Type.Integer({
      default: 512,
      minimum: 1,
      description: 'Physical batch size in tokens',
    }),
    gpuLayers: Type.Integer({
      default: 0,
      minimum: 0,
      description: 'Model layers to run on the GPU',
    }),
    parallel: Type.Integer({default: 1, minimum: 1, description: 'Requests to process in parallel'}),
    flashAttention: Type.Boolean({default: false, description: 'Use flash attention'}),
    continuousBatching: Type.Boolean({
      default: false,
      description: 'Use continuous batching',
    }),
    lockMemory: Type.Boolean({default: false, description: 'Lock the model in memory'}),
  },
  {additionalProperties: false},
);
export type EngineTuning = Static<typeof EngineTuning>;

export const defaultTuning: EngineTuning = {
  contextSize: 'auto',
  threads: 'auto',
  batchSize: 2048,
  ubatchSize: 512,
  gpuLayers: 0,
  parallel: 1,
  flashAttention: false,
  continuousBatching: false,
  lockMemory: false,
};
