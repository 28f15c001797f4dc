import {brotliDecompressSync, constants, gunzipSync} from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import {compressParts} from '../../src/http/compress-parts.js';
import {partsOf, playParts} from '../../src/http/play-parts.js';

type Sent = {readonly bytes: string; readonly at: number};

/** Plays parts to a client that makes each write wait for as long as `delay` says. */
async function play(
  parts: readonly {due: number; bytes: string}[],
  {signal = new AbortController().signal, delay = (): number => 0, onSent = () => {}} = {},
): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  const startedAt = performance.now();
  const write = (bytes: string | Uint8Array) => {
    sent.push({bytes: String(bytes), at: performance.now() - startedAt});
    onSent();
    const milliseconds = delay();
    return milliseconds > 0 ? new Promise<void>(resolve => setTimeout(resolve, milliseconds)) : undefined;
  };
  await playParts(parts, {open: () => ({write}), signal, startedAt});
  return sent;
}

test('parts are sent in order, none of them before it is due, however slow the client is', async t => {
  const part = fc.record({due: fc.nat(30), bytes: fc.string({maxLength: 3})});
  const delays = fc.array(fc.constantFrom(0, 0, 1, 5), {minLength: 1});
  await fc.assert(
    fc.asyncProperty(fc.array(part, {maxLength: 8}), delays, async (given, waits) => {
      const parts = given.toSorted((a, b) => a.due - b.due);
      let writes = 0;
      const sent = await play(parts, {delay: () => waits[writes++ % waits.length] ?? 0});
      t.deepEqual(
        sent.map(({bytes}) => bytes),
        parts.map(({bytes}) => bytes),
      );
      for (const [index, {at}] of sent.entries()) t.true(at >= (parts[index]?.due ?? 0));
    }),
    {numRuns: 50},
  );
});

test('after an abort nothing is sent, and the reason is thrown', async t => {
  const aborting = new AbortController();
  const reason = new Error('gone');
  let sent = 0;
  const parts = [0, 0, 60_000].map(due => ({due, bytes: 'x'}));
  const playing = play(parts, {
    signal: aborting.signal,
    onSent: () => {
      if (++sent === 2) setTimeout(() => aborting.abort(reason), 5);
    },
  });
  t.is(await t.throwsAsync(playing), reason);
  t.is(sent, 2);
  t.is(await t.throwsAsync(play(parts, {signal: aborting.signal, onSent: () => sent++})), reason);
  t.is(sent, 2);
});

/** What a client can decode of a body whose end has not come. */
const decodeSoFar = {
  gzip: (bytes: Buffer) => gunzipSync(bytes, {finishFlush: constants.Z_SYNC_FLUSH}),
  br: (bytes: Buffer) => brotliDecompressSync(bytes, {finishFlush: constants.BROTLI_OPERATION_FLUSH}),
};

for (const encoding of ['gzip', 'br'] as const) {
  test(`${encoding}: each compressed part can be decoded when it has come`, async t => {
    const parts = [
      {due: 0, end: 4},
      {due: 10, end: 4},
      {due: 20, end: 11},
    ];
    const text = {body: 'one t\u00e9o \u{1f600}!'.slice(0, 11), parts};
    const compressed = await compressParts(text, encoding);
    const pieces = [...partsOf(compressed)];
    t.deepEqual(
      pieces.map(({due}) => due),
      parts.map(({due}) => due),
    );
    const expected = [...partsOf(text)].map(({bytes}) => String(bytes));
    let come = Buffer.alloc(0);
    for (const [index, {bytes}] of pieces.entries()) {
      come = Buffer.concat([come, bytes as Uint8Array]);
      t.is(String(decodeSoFar[encoding](come)), expected.slice(0, index + 1).join(''));
    }
  });
}
