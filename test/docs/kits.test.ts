import {readFileSync} from 'node:fs';
import test from 'ava';

const kits = ['vitest', 'jest', 'ava', 'node-test', 'pytest', 'go'] as const;
type Kit = (typeof kits)[number];

/** The beginning of the title of the test for each cell of docs/kits.md, by its row. The name of a file that is not the kit's own comes first. */
const cells: Readonly<Record<string, Partial<Record<Kit, string>>>> = {
  record: {...forExamples(), pytest: '`pytest --retake-update` records', go: '`go test` records'},
  replay: {...forExamples(), pytest: '`pytest --retake-update` records', go: '`go test` records'},
  'a miss that the application swallowed': {
    ...forExamples(),
    pytest: '`pytest --retake-update` records',
    go: '`go test` records',
  },
  'a miss of concurrent tests': {
    vitest: 'tests that run at the same time have base URLs',
    jest: 'a miss of tests that run at the same time',
    ava: 'tests run at the same time with base URLs',
    'node-test': 'tests that run at the same time have base URLs',
    pytest: 'the workers of pytest-xdist share one retake',
    go: 'parallel tests and subtests',
  },
  'a client that is created at import': {
    vitest: forExamples().vitest,
    jest: forExamples().jest,
    'node-test': forExamples()['node-test'],
    pytest: 'google-genai, openai, anthropic and litellm need no change',
  },
  'a second attempt': {
    vitest: 'a retried test asks from the first take again',
    jest: 'a retried test asks from the first take again',
    ava: 'a second attempt of a test replays',
    pytest: 'a test that pytest-rerunfailures repeats',
  },
  'a filter': {
    vitest: 'a removed test leaves its recording unused',
    jest: 'a removed test leaves its recording unused',
    ava: 'a second attempt of a test replays, and `--match`',
    'node-test': 'a removed test leaves its recording unused',
    pytest: 'a removed test leaves its recording unused',
    go: '`go test` records',
  },
  'a shard': {
    vitest: 'a shard runs its files',
    jest: 'a shard runs its files',
    ava: 'a shard runs its files',
    'node-test': 'a shard runs its files',
  },
  'watch mode': {vitest: 'watch: Vitest in watch mode', jest: 'watch: Jest in watch mode'},
  'parallel files': {
    vitest: 'a retried test asks from the first take again, and files in parallel',
    jest: 'modules work as CommonJS does, and parallel workers',
    pytest: 'the workers of pytest-xdist share one retake',
    go: 'parallel tests and subtests',
  },
  'a removed test': {
    vitest: 'a removed test leaves its recording unused',
    jest: 'a removed test leaves its recording unused',
    ava: forExamples().ava,
    'node-test': forExamples()['node-test'],
    pytest: 'a removed test leaves its recording unused',
    go: '`go test` records',
  },
  '[faults](faults.md)': {
    vitest: 'the faults of a test file',
    jest: 'the faults of a test file',
    ava: 'the faults of a test file',
    'node-test': 'the faults of a test file',
    pytest: 'without the setting, tests with the marker',
    go: 'parallel tests and subtests',
  },
};

function forExamples(): Record<'vitest' | 'jest' | 'ava' | 'node-test', string> {
  const title = 'examples: examples/kits/';
  return {vitest: title, jest: title, ava: title, 'node-test': title};
}

test('each cell of the table of kits that is not in italics has a test', t => {
  const rows = readFileSync('docs/kits.md', 'utf8')
    .split('\n')
    .filter(line => line.startsWith('| ') && !line.startsWith('| |'))
    .map(line => line.split(' | ').map(cell => cell.replaceAll(/^\| | \|$/g, '').trim()));
  t.deepEqual(rows.map(([name]) => name).sort(), Object.keys(cells).sort());
  for (const [name = '', ...row] of rows) {
    t.is(row.length, kits.length, name);
    for (const [index, kit] of kits.entries()) {
      const title = cells[name]?.[kit];
      const cell = `${name} of ${kit}`;
      t.is(title === undefined, /^\*.*\*$/.test(row[index] ?? ''), cell);
      if (title === undefined) continue;
      const [, file = kit, beginning = ''] = /^(?:(examples|watch): )?(.*)$/s.exec(title) ?? [];
      t.true(
        sourceOf(file).includes(beginning),
        `${cell}: test/kits/${file}.test.ts has no test '${beginning}'`,
      );
    }
  }
});

/** With each title as it is written: in any quotes. */
function sourceOf(name: string): string {
  return readFileSync(`test/kits/${name}.test.ts`, 'utf8').replaceAll('\\`', '`');
}
