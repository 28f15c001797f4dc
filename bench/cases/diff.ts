import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import type {Bench, Row} from '../bench.js';
import {median} from '../median.js';
import {type BenchCassette, writeCassette} from '../write-cassette.js';

const interactions = 20_000;
const deltas = 40;
const program = fileURLToPath(new URL('../time-diff.js', import.meta.url));

type Figures = {
  readonly milliseconds: number;
  /** Milliseconds of processor time including the start: still comparable on a busy machine. */
  readonly cpu: number;
  readonly megabytes: number;
  readonly changes: number;
  readonly characters: number;
};

type Variant = {readonly what: string} & Partial<BenchCassette>;

const variants: readonly Variant[] = [
  {what: 'diff, every 20th answer reworded', rewordedEvery: 20},
  {what: 'diff, every answer reworded', rewordedEvery: 1},
  {what: 'diff, every answer timed otherwise', gap: 11},
  {
    what: 'diff, another system prompt for all',
    question: {system: 'You are a helpful assistant. Be brief.'},
  },
  {what: 'diff, every question asked differently', question: {addition: 'Answer in one word.'}},
];

export const diff: Bench = {
  name: 'diff',
  summary: `two cassettes of ${interactions} interactions compared`,
  async run({folder, effort}) {
    const before = join(folder, 'before.cassette');
    await writeCassette(before, {interactions, deltas});

    const compare = async ({what, ...options}: Variant): Promise<Row[]> => {
      const after = join(folder, 'after.cassette');
      await writeCassette(after, {interactions, deltas, ...options});
      const runs: Figures[] = [];
      for (let run = 0; run < Math.min(5, effort.repeats); run++) {
        const {stdout} = await execa(process.execPath, [program, before, after]);
        runs.push(JSON.parse(stdout));
      }
      const [{changes = 0, characters = 0} = {}] = runs;
      const figure = (name: 'milliseconds' | 'cpu' | 'megabytes') => median(runs.map(run => run[name]));
      const detail = `${changes} changes, a report of ${characters} characters, ${Math.round(figure('cpu'))} ms of processor time`;
      return [
        {what: `${what}: time`, measured: figure('milliseconds'), unit: 'ms', target: {atMost: 3000}, detail},
        {what: `${what}: memory`, measured: figure('megabytes'), unit: 'MB', target: {atMost: 500}, detail},
      ];
    };
    const rows: Row[] = [];
    for (const variant of variants) rows.push(...(await compare(variant)));
    return rows;
  },
};
