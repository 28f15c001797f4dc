import {readFileSync} from 'node:fs';
import test from 'ava';
import type {FindingCode} from '../../src/cassette/maintenance/verify-report.js';

/** The compiler checks that none is missing. */
const codes: Readonly<Record<FindingCode, true>> = {
  missing: true,
  unusable: true,
  structure: true,
  interaction: true,
  fact: true,
  blended: true,
  'not-canonical': true,
  secret: true,
  'orphaned-media': true,
  'tracked-session': true,
  large: true,
  'sessions-waiting': true,
};

test('docs/maintenance.md explains everything that `retake verify` finds', t => {
  const [, table = ''] =
    /\| finding \|([\s\S]*?)\n\n/.exec(readFileSync('docs/maintenance.md', 'utf8')) ?? [];
  const explained = [...table.matchAll(/^\| ((?:`[a-z-]+`(?:, )?)+)/gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name),
  );
  t.deepEqual(explained.sort(), Object.keys(codes).sort());
});
