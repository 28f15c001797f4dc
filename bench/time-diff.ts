import {diffCassettes} from '../src/operations/diff-cassettes.js';
import {renderDiff} from '../src/report/render-diff.js';
import {peakBytes} from './process-usage.js';

/** Compares the two cassettes of its arguments and prints the cost as JSON: in its own process, to measure its memory separately. */
const [before = '', after = ''] = process.argv.slice(2);
const start = performance.now();
const found = await diffCassettes({kind: 'paths', before, after});
const report = renderDiff(found, 'terminal');
const milliseconds = performance.now() - start;
const changes = found.cassettes.reduce((sum, cassette) => sum + cassette.changes.length, 0);
const {user, system} = process.cpuUsage();
const megabytes = peakBytes() / 1e6;
process.stdout.write(
  JSON.stringify({milliseconds, cpu: (user + system) / 1000, megabytes, changes, characters: report.length}),
);
