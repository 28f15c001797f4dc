import {diffCassettes} from '../src/operations/diff-cassettes.js';
import {renderDiff} from '../src/report/render-diff.js';

/** Compares the two cassettes in its arguments, and prints the cost as JSON: a separate process, so that its memory is measured alone. */
const [before = '', after = ''] = process.argv.slice(2);
const start = performance.now();
const found = await diffCassettes({kind: 'paths', before, after});
const report = renderDiff(found, 'terminal');
const milliseconds = performance.now() - start;
const changes = found.cassettes.reduce((sum, cassette) => sum + cassette.changes.length, 0);
const {user, system} = process.cpuUsage();
const megabytes = process.resourceUsage().maxRSS / 1024;
process.stdout.write(
  JSON.stringify({milliseconds, cpu: (user + system) / 1000, megabytes, changes, characters: report.length}),
);
