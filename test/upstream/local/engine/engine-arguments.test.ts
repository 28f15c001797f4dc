import {Value} from '@sinclair/typebox/value';
import test from 'ava';
import {engineArguments, type ReadyModel} from '../../../../src/upstream/local/engine/engine-arguments.js';
import {defaultTuning, EngineTuning} from '../../../../src/upstream/local/engine/engine-tuning.js';

const model: ReadyModel = {name: 'test', weights: '/m.gguf', reversePrompts: []};

test('the defaults equal those of the schema', t => {
  t.deepEqual(defaultTuning, Value.Create(EngineTuning));
});

test('the default tuning is passed in full, except what llama-server detects itself', t => {
  t.is(
    engineArguments(defaultTuning, model).join(' '),
    '--model /m.gguf --ctx-size 8192 --batch-size 2048 --ubatch-size 512 --gpu-layers 0 --parallel 1 --flash-attn off --no-cont-batching --embeddings --pooling mean --jinja --no-webui',
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
