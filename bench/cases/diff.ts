import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import type {Bench, Row} from '../bench.js';
import {median} from '../median.js';
import {writeCassette} from '../write-cassette.js';

const interactions = 20_000;
const program = fileURLToPath(new URL('../time-diff.js', import.meta.url));

type Figures = {
  readonly milliseconds: number;
  /** Milliseconds of processor time, start and all: what is left to compare on a busy machine. */
  readonly cpu: number;
  readonly megabytes: number;
  readonly changes: number;
  readonly characters: number;
};

export const diff: Bench = {
  name: 'diff',
  summary: `two cassettes of ${interactions} interactions compared`,
  async run({folder, effort}) {
    const [before, few, timed] = ['before', 'few', 'timed'].map(name => join(folder, `${name}.cassette`));
    if (!before || !few || !timed) return [];
    await writeCassette(before, {interactions, deltas: 40});
    await writeCassette(few, {interactions, deltas: 40, rewordedEvery: 20});
    await writeCassette(timed, {interactions, deltas: 40, gap: 11});

    const compare = async (what: string, after: string): Promise<Row[]> => {
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
    return [
      ...(await compare('diff, every 20th answer reworded', few)),
      ...(await compare('diff, every answer timed otherwise', timed)),
    ];
  },
};
