import {Value} from '@sinclair/typebox/value';
import test from 'ava';
import {engineArguments, type ReadyModel} from '../../../../src/upstream/local/engine/engine-arguments.js';
import {defaultTuning, EngineTuning} from '../../../../src/upstream/local/engine/engine-tuning.js';

const gigabyte = 1024 ** 3;
const machine = {cores: 4, physicalCores: 4, memory: 16 * gigabyte};
const model: ReadyModel = {name: 'test', weights: '/m.gguf', reversePrompts: []};

test('the defaults equal those of the schema', t => {
  t.deepEqual(defaultTuning, Value.Create(EngineTuning));
});

test('the default tuning is passed in full, except what llama-server detects itself', t => {
  t.is(
    engineArguments(defaultTuning, model, machine).join(' '),
    '--model /m.gguf --ctx-size 8192 --threads 3 --batch-size 2048 --ubatch-size 512 --gpu-layers 0 --parallel 1 --flash-attn off --no-cont-batching --embeddings --pooling mean --jinja --no-webui',
  );
});

const adds = test.macro({
  exec(t, change: {tuning?: Partial<EngineTuning>; model?: Partial<ReadyModel>}, ...expected: string[]) {
    const given = engineArguments({...defaultTuning, ...change.tuning}, {...model, ...change.model});
    const at = given.indexOf(expected[0] ?? '');
    t.deepEqual(given.slice(at, at + expected.length), expected);
  },
  title: (_, change, ...expected) => `${JSON.stringify(change)} becomes ${JSON.stringify(expected)}`,
});

const threads = test.macro({
  title: (_, cores, physicalCores, expected) =>
    `${cores} cores, ${physicalCores} of them physical: ${expected} threads`,
  exec(t, cores: number, physicalCores: number | undefined, expected: number) {
    const given = engineArguments(defaultTuning, model, {...machine, cores, physicalCores});
    t.is(given[given.indexOf('--threads') + 1], String(expected));
  },
});
test(threads, 1, 1, 1);
test(threads, 2, 2, 1);
test(threads, 2, undefined, 1);
test(threads, 8, 8, 7);
// With two threads for each core, one thread on each leaves enough; a container may use fewer cores than there are.
test(threads, 16, 8, 8);
test(threads, 4, 8, 3);

const context = test.macro({
  title: (_, memory, contextLength, expected) =>
    `${memory} GB and a model for ${contextLength} tokens: ${expected}`,
  exec(t, memory: number, contextLength: number | undefined, expected: number) {
    const given = engineArguments(
      defaultTuning,
      {...model, contextLength},
      {...machine, memory: memory * gigabyte},
    );
    t.is(given[given.indexOf('--ctx-size') + 1], String(expected));
  },
});
test(context, 4, 131_072, 8192);
test(context, 8, 131_072, 16_384);
test(context, 15.6, 131_072, 32_768);
test(context, 64, 32_768, 32_768);
test(context, 64, 2048, 2048);
test(context, 64, undefined, 8192);

test(adds, {tuning: {contextSize: 0}}, '--ctx-size', '0');
test(adds, {tuning: {threads: 3}}, '--threads', '3');
test(adds, {tuning: {threadsBatch: 5}}, '--threads-batch', '5');
test(adds, {tuning: {batchSize: 7}}, '--batch-size', '7');
test(adds, {tuning: {ubatchSize: 8}}, '--ubatch-size', '8');
test(adds, {tuning: {gpuLayers: 99}}, '--gpu-layers', '99');
test(adds, {tuning: {parallel: 4}}, '--parallel', '4');
test(adds, {tuning: {flashAttention: true}}, '--flash-attn', 'on');
test(adds, {tuning: {continuousBatching: true}}, '--cont-batching');
test(adds, {tuning: {lockMemory: true}}, '--mlock');
test(adds, {model: {projector: '/p.gguf'}}, '--mmproj', '/p.gguf');
test(adds, {model: {chatTemplate: '/t.jinja'}}, '--chat-template-file', '/t.jinja');
test(
  adds,
  {model: {reversePrompts: ['\nUser:', 'END']}},
  '--reverse-prompt',
  '\nUser:',
  '--reverse-prompt',
  'END',
);
