import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import fc from 'fast-check';
import type {AnswerChunk} from '../../../../src/chat/chunk.js';
import {RetakeError} from '../../../../src/errors.js';
import {askWhileConfirming} from '../../../../src/upstream/openai-compatible/ask/ask-while-confirming.js';
import type {UpstreamDescription} from '../../../../src/upstream/upstream-description.js';
import {collect, failureOf, present} from '../../asking.js';

const before: UpstreamDescription = {
  isLlamaServer: true,
  model: 'a.gguf',
  supportsImages: false,
  supportsTools: false,
  callsInParallel: false,
  supportsSystemRole: true,
  alternatesRoles: false,
};

/** An answer that names the model that it was asked as. */
async function* answerOf({model = ''}: UpstreamDescription): AsyncGenerator<AnswerChunk> {
  yield {type: 'reply-start', answeredBy: {model}};
  yield {type: 'text-delta', candidate: 0, text: `of ${model}`};
}

test('whatever comes first, the answer is that of the server that is there', async t => {
  const delay = fc.integer({min: 0, max: 4});
  await fc.assert(
    fc.asyncProperty(
      fc.record({model: fc.constantFrom('a.gguf', 'b.gguf'), describing: delay, answering: delay}),
      async ({model, describing, answering}) => {
        const now = {...before, model};
        const chunks = askWhileConfirming(
          {
            outdated: before,
            asked: sleep(describing, now),
            async *ask(description) {
              await sleep(answering);
              yield* answerOf(description);
            },
          },
          present(),
        );
        t.deepEqual(await collect(chunks), await collect(answerOf(now)));
      },
    ),
    {numRuns: 60},
  );
});

test('a server that has changed gets the request anew: the first one is cancelled, with its errors and warnings', async t => {
  const asked: string[] = [];
  const warnings: string[] = [];
  const signals: AbortSignal[] = [];
  const chunks = askWhileConfirming(
    {
      outdated: before,
      asked: sleep(5, {...before, model: 'b.gguf', supportsTools: true}),
      async *ask(description, {warn, signal}) {
        asked.push(description.model ?? '');
        signals.push(signal);
        warn?.(`asked ${description.model}`);
        if (description.model === 'a.gguf') throw new RetakeError('upstream_rejected', 'No such tool');
        yield* answerOf(description);
      },
    },
    {...present(), warn: text => void warnings.push(text)},
  );
  t.like(await collect(chunks), [{answeredBy: {model: 'b.gguf'}}]);
  t.deepEqual(asked, ['a.gguf', 'b.gguf']);
  t.deepEqual(warnings, ['asked b.gguf']);
  t.deepEqual(
    signals.map(({aborted}) => aborted),
    [true, false],
  );
});

test('a server that cannot be described gives no answer', async t => {
  const failing = Promise.reject(new RetakeError('upstream_unavailable', 'loading'));
  const {error, chunks} = await failureOf(
    askWhileConfirming({outdated: before, asked: failing, ask: answerOf}, present()),
  );
  t.is(error.message, 'loading');
  t.deepEqual(chunks, []);
});

test('a client that leaves ends the request', async t => {
  const leaving = new AbortController();
  let wasAborted = false;
  const chunks = askWhileConfirming(
    {
      outdated: before,
      asked: new Promise(() => {}),
      async *ask(_description, {signal}) {
        await new Promise(resolve => signal.addEventListener('abort', resolve));
        wasAborted = true;
      },
    },
    {signal: leaving.signal},
  );
  const failure = failureOf(chunks);
  leaving.abort();
  t.is((await failure).error.code, 'client_closed');
  t.true(wasAborted);
});
