import {readFileSync} from 'node:fs';
import test from 'ava';
import {verdictCatalogue} from '../../src/cassette/compare/change-verdict.js';
import {reportFormats} from '../../src/report/formats.js';
import {defaultFailOn} from '../../src/report/render-diff.js';

const guide = readFileSync('docs/reviewing.md', 'utf8');

test('the guide lists the verdicts, and which of them fail a check', t => {
  const rows = [...guide.matchAll(/^\| `([a-z-]+)` \| (.*?) \| (yes )?\|$/gm)];
  t.deepEqual(
    rows.map(([, verdict, meaning, fails]) => [verdict, meaning, fails !== undefined]),
    Object.entries(verdictCatalogue).map(([verdict, meaning]) => [
      verdict,
      meaning,
      defaultFailOn.some(name => name === verdict),
    ]),
  );
});

test('the guide lists every format', t => {
  const [, table = ''] = /\| format \| for \|([\s\S]*?)\n\n/.exec(guide) ?? [];
  t.deepEqual(
    [...table.matchAll(/^\| `([a-z]+)`/gm)].map(([, name]) => name),
    Object.keys(reportFormats),
  );
});
