import test from 'ava';
import type {CassetteDiff} from '../../src/cassette/compare/compare-cassettes.js';
import {formatJson, type JsonValue, parseJson} from '../../src/chat/json.js';
import {reportFormats} from '../../src/report/formats.js';
import {renderDiff, renderPieces} from '../../src/report/render-diff.js';
import {diffRecordings, recordingOfView, viewAsking} from '../cassette/compare/build-diff.js';

const count = 502;
const record = (answer: string) =>
  Array.from({length: count}, (_, number) => recordingOfView(viewAsking(`Number ${number}?`), answer));

function reported(...cassettes: readonly CassetteDiff[]) {
  return {before: 'main', after: 'HEAD', cassettes};
}

test('a terminal gets every change, and a readable number of answers', async t => {
  const cassette = await diffRecordings(t, record('It was red.'), record('It is red.'));
  const text = renderDiff(reported(cassette), 'terminal');
  t.is(text.match(/^ {2}text /gm)?.length, count);
  t.is(text.match(/\[-was-\]\{\+is\+\}/g)?.length, 500);
  t.regex(text, /\n\nThe answers of 500 changes are shown above; for those of the other 2: --format html\n$/);
});

test('the pieces of a report add up to the report, up to the end of its last line', async t => {
  const cassette = await diffRecordings(
    t,
    record('It was red.').slice(0, 3),
    record('It is red.').slice(1, 4),
  );
  for (const name of Object.keys(reportFormats) as (keyof typeof reportFormats)[]) {
    const pieces = [...renderPieces(reported(cassette, cassette), name)];
    t.is(pieces.join(''), renderDiff(reported(cassette, cassette), name));
    t.regex(pieces.at(-1) ?? '', /\n$/);
  }
});

test('a JSON report is written as a single value', async t => {
  const cassette = await diffRecordings(
    t,
    record('It was red.').slice(0, 3),
    record('It is red.').slice(1, 4),
  );
  const unchanged = {...cassette, changes: []};
  for (const diff of [reported(), reported(unchanged), reported(cassette, unchanged, cassette)]) {
    const text = renderDiff(diff, 'json');
    t.is(text, `${formatJson(parseJson(text) as JsonValue)}\n`);
  }
});
