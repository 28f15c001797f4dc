import {PassThrough} from 'node:stream';
import {setImmediate as nextTurn} from 'node:timers/promises';
import test from 'ava';
import {engineLog} from '../../../../src/upstream/local/engine/engine-log.js';

const saysWhy = test.macro({
  async exec(t, loading: readonly string[], running: readonly string[] | undefined, reason: string) {
    const stream = new PassThrough();
    const log = engineLog(stream);
    const print = async (lines: readonly string[]) => {
      for (const line of lines) stream.write(`${line}\n`);
      await nextTurn();
      await nextTurn();
    };
    await print(loading);
    if (running) log.markReady();
    if (running) await print(running);
    t.is(log.reason(), reason);
  },
  title: (title = '') => `${title}`,
});

test(
  'the first loading error is the reason',
  saysWhy,
  [
    '0.00.003.954 I srv          init: loading model',
    '0.00.004.247 E gguf_init_from_file: failed to open GGUF file',
    '0.00.004.486 E srv          init: exiting due to model loading error',
  ],
  undefined,
  'gguf_init_from_file: failed to open GGUF file',
);
test(
  'an error printed outside of the log is a reason, too',
  saysWhy,
  ['starting', 'error: unknown argument: --flash-attn', 'usage: …'],
  undefined,
  'unknown argument: --flash-attn',
);
test('without an error the last line is the reason', saysWhy, ['one', 'two', ''], undefined, 'two');
test('an engine without output gives no reason', saysWhy, [], undefined, '');
test(
  'after the engine has answered, a crash is the reason, and failed requests are not',
  saysWhy,
  ['0.00.004.247 E an error of loading'],
  ['ggml.c:1234: GGML_ASSERT(n > 0) failed', '0.02.000.000 E srv operator(): unauthorized: Invalid API Key'],
  'ggml.c:1234: GGML_ASSERT(n > 0) failed',
);
test(
  'after the engine has answered, failed requests alone are not a reason',
  saysWhy,
  [],
  ['0.02.000.000 E srv operator(): unauthorized: Invalid API Key'],
  '',
);

test('only the end of a long log is stored', async t => {
  const stream = new PassThrough();
  const log = engineLog(stream);
  for (let line = 0; line < 1000; line++) stream.write(`${line} ${'x'.repeat(5000)}\n`);
  stream.end();
  await nextTurn();
  await nextTurn();
  t.true(log.text().length < 100_000);
});
