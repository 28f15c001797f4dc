import test from 'ava';
import fc from 'fast-check';
import {parseEvents} from '../../../../src/upstream/openai-compatible/wire/parse-events.js';
import {collect} from '../../asking.js';

const parsed = test.macro({
  title: (_, what: string) => `parses ${what}`,
  async exec(t, _what: string, text: string, events: readonly string[]) {
    t.deepEqual(await parse(streamOf(Buffer.from(text))), events);
  },
});

test(parsed, 'events', 'data: a\n\ndata: b\n\n', ['a', 'b']);
test(parsed, 'events without a space', 'data:a\n\n', ['a']);
test(parsed, 'lines that end in CR LF', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']);
test(parsed, 'events of several lines', 'data: a\ndata: b\n\n', ['a\nb']);
test(parsed, 'names, ids and retry times', 'event: x\nid: 7\nretry: 10\ndata: a\n\n', ['a']);
test(parsed, 'comments, which keep a connection alive', ': ping\n\ndata: a\n\n: ping\n\n', ['a']);
test(parsed, 'a last event without its blank line', 'data: a\n\ndata: b', ['a', 'b']);
test(parsed, 'a byte order mark', '\u{feff}data: a\n\n', ['a']);
test(parsed, 'an empty stream', '', []);

const refused = test.macro({
  title: (_, what: string) => `refuses ${what}`,
  async exec(t, _what: string, bytes: string | Uint8Array, message: RegExp) {
    await t.throwsAsync(collect(parseEvents(streamOf(Buffer.from(bytes)))), {
      code: 'upstream_failed',
      message,
    });
  },
});

test(refused, 'an HTML page', '<!doctype html>\n<p>data: a</p>\n\n', /it has the line "<!doctype html>"/);
test(refused, 'a line without its beginning', 'data: a\n\nata: b\n\n', /it has the line "ata: b"/);
test(
  refused,
  'bytes that are not UTF-8',
  Uint8Array.from([0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 0x0a, 0x0a]),
  /not valid UTF-8/,
);
test(
  refused,
  'half a character at the end',
  Uint8Array.from([0x64, 0x61, 0x74, 0x61, 0x3a, 0xc3]),
  /not valid UTF-8/,
);

test('an event of several MiB is an event', async t => {
  const text = 'x'.repeat(5 * 1024 * 1024);
  t.deepEqual(await parse(streamOf(Buffer.from(`data: ${text}\n\n`), 65_536)), [text]);
});

test('an event longer than the limit is refused', async t => {
  const events = parseEvents(streamOf(Buffer.from(`data: ${'x'.repeat(2000)}\n\n`), 100), {
    maxEventLength: 1000,
  });
  await t.throwsAsync(collect(events), {code: 'upstream_failed', message: /longer than 1000 characters/});
});

test('law: the result does not depend on how the bytes are split', async t => {
  const line = fc.oneof(
    fc.string({unit: 'binary'}).map(text => `data: ${text.replaceAll(/[\r\n]/g, ' ')}`),
    fc.constantFrom(': ping', 'event: message', 'id: 1', ''),
  );
  const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
  const streams = fc
    .tuple(fc.array(line), lineEnd)
    .map(([lines, end]) => Buffer.from(lines.map(text => text + end).join('') + end));
  await fc.assert(
    fc.asyncProperty(streams, fc.array(fc.integer({min: 1, max: 20})), async (bytes, sizes) => {
      const whole = await parse(streamOf(bytes));
      t.deepEqual(await parse(streamOf(bytes, ...sizes)), whole);
    }),
  );
});

/** All events, however they were yielded. */
async function parse(bytes: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  return (await collect(parseEvents(bytes))).flat();
}

/** The bytes in pieces of these sizes, the last of which repeats; without sizes in one piece. */
async function* streamOf(bytes: Uint8Array, ...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let start = 0, index = 0; start < bytes.length; index++) {
    const size = sizes[index] ?? sizes.at(-1) ?? bytes.length;
    yield bytes.subarray(start, start + size);
    start += size;
  }
}
