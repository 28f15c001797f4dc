import test from 'ava';
import fc from 'fast-check';
import {splitEvents} from '../../../src/cassette/replay/split-events.js';
import {
  type EventSplitter,
  splitArray,
  splitServerSentEvents,
} from '../../../src/upstream/providers/stream-events.js';

/** A body cut anywhere, within characters and line ends, too. */
function piecesOf(body: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [0, ...cuts.map(cut => cut % (body.length + 1)), body.length].sort((a, b) => a - b);
  return places.slice(1).map((end, index) => body.subarray(places[index], end));
}

function dataIn(splitter: EventSplitter, pieces: readonly Buffer[]): readonly string[] {
  const events = [...pieces.flatMap(piece => splitter.push(piece)), ...splitter.end()];
  return events.map(({data}) => data);
}

const line = fc.string({unit: 'grapheme', maxLength: 8}).map(text => text.replaceAll(/[\r\n]/g, ''));
const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const cuts = fc.array(fc.nat(500), {maxLength: 20});

test('server-sent events are found wherever the body is cut, with any line ends', t => {
  fc.assert(
    fc.property(fc.array(line, {maxLength: 6}), lineEnd, cuts, (texts, end, places) => {
      const body = texts.map(text => `: ping${end}${end}event: e${end}data: ${text}${end}${end}`).join('');
      const splitter = splitServerSentEvents();
      t.deepEqual(dataIn(splitter, piecesOf(Buffer.from(body), places)), texts);
      t.true(splitter.isComplete());
    }),
  );
});

test('the elements of an array are found wherever the body is cut', t => {
  fc.assert(
    fc.property(
      fc.array(fc.object({maxDepth: 2}), {maxLength: 4}),
      fc.nat(2),
      cuts,
      (values, space, places) => {
        const text = JSON.stringify(values, undefined, space);
        const splitter = splitArray();
        const found = dataIn(splitter, piecesOf(Buffer.from(text), places));
        t.deepEqual(
          found.map(data => JSON.parse(data)),
          JSON.parse(text),
        );
        t.true(splitter.isComplete());
        const cut = splitArray();
        dataIn(cut, [Buffer.from(text).subarray(0, -1)]);
        t.false(cut.isComplete());
      },
    ),
  );
});

test('the stored events are the body, cut where its events end, with the times in order', t => {
  fc.assert(
    fc.property(fc.array(line, {maxLength: 6}), lineEnd, cuts, (texts, end, places) => {
      const body = Buffer.from(texts.map(text => `data: ${text}${end}${end}`).join(''));
      const pieces = piecesOf(body, places).map((bytes, at) => ({at, bytes}));
      const events = splitEvents(pieces, 'text/event-stream; charset=utf-8');
      t.deepEqual(Buffer.concat(events.map(({bytes}) => bytes)), body);
      const times = events.map(({at}) => at);
      t.deepEqual(
        times,
        [...times].sort((a, b) => a - b),
      );
      if (texts.length > 0) t.is(events.length, texts.length);
    }),
  );
});
