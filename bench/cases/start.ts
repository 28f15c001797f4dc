import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {askRecorded} from '../ask.js';
import type {Bench, Row} from '../bench.js';
import {median} from '../median.js';
import {hasProcessUsage, residentBytes} from '../process-usage.js';
import {questionBody, questionHeaders, questionPath} from '../question.js';
import {retakeProgram} from '../servers/create-servers.js';
import type {ServerProcess} from '../servers/server-process.js';
import {writeCassette} from '../write-cassette.js';

type Start = {readonly milliseconds: number; readonly bytes: number};

export const start: Bench = {
  name: 'start',
  summary: 'from the start of the process to its first recorded answer, and the memory it then has',
  async run({folder, effort, servers}) {
    const cassette = join(folder, 'start.cassette');
    await writeCassette(cassette, {interactions: 10, deltas: 40});
    const body = questionBody(0);
    const bare = {contentType: 'application/json', writes: ['{}']};
    const starts = {node: [] as number[], ls: [] as number[], bare: [] as Start[], retake: [] as Start[]};
    for (let repeat = 0; repeat < effort.repeats; repeat++) {
      starts.node.push(await timeNode('-e', '0'));
      starts.ls.push(await timeNode(retakeProgram, 'ls', cassette));
      starts.bare.push(await timeStart(() => servers.bare(bare), askAnything));
      starts.retake.push(
        await timeStart(
          () => servers.replay(cassette),
          server => askRecorded(server, body),
        ),
      );
    }
    const milliseconds = (list: readonly Start[]) => median(list.map(one => one.milliseconds));
    const bytes = (list: readonly Start[]) => median(list.map(one => one.bytes)) / 1e6;
    const node = median(starts.node);
    const [ours, bareStart] = [milliseconds(starts.retake), milliseconds(starts.bare)];
    const least = Math.min(...starts.retake.map(one => one.milliseconds));
    const rows: Row[] = [
      {
        what: 'start to first answer',
        measured: ours,
        unit: 'ms',
        target: {atMost: bareStart + 60},
        detail: `${(ours / node).toFixed(1)} × \`node -e 0\`; the fastest took ${least.toFixed(0)} ms`,
      },
      {
        what: 'the same, bare server',
        measured: bareStart,
        unit: 'ms',
        detail: `${(bareStart / node).toFixed(1)} × \`node -e 0\``,
      },
      {what: 'start and end of `node -e 0`', measured: node, unit: 'ms', detail: ''},
      {
        what: '`retake ls` of a small cassette',
        measured: median(starts.ls),
        unit: 'ms',
        target: {atMost: 1.5 * node + 60},
        detail: `${(median(starts.ls) / node).toFixed(1)} × \`node -e 0\``,
      },
    ];
    if (!hasProcessUsage) return rows;
    return [
      ...rows,
      {
        what: 'resident memory after it',
        measured: bytes(starts.retake),
        unit: 'MB',
        target: {atMost: 90},
        detail: `a bare server has ${bytes(starts.bare).toFixed(0)} MB`,
      },
    ];
  },
};

/** Milliseconds from the start of a process to its end. */
async function timeNode(...command: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  const [code] = await once(spawn(process.execPath, command, {stdio: 'ignore'}), 'exit');
  if (code !== 0) throw new Error(`\`node ${command.join(' ')}\` ended with exit code ${code}`);
  return performance.now() - startedAt;
}

async function timeStart(
  startServer: () => Promise<ServerProcess>,
  ask: (server: ServerProcess) => Promise<unknown>,
): Promise<Start> {
  const startedAt = performance.now();
  const server = await startServer();
  await ask(server);
  const milliseconds = performance.now() - startedAt;
  const bytes = hasProcessUsage ? residentBytes(server.pid) : 0;
  await server.stop();
  return {milliseconds, bytes};
}

async function askAnything({url}: ServerProcess): Promise<void> {
  await (await fetch(url + questionPath, {method: 'POST', headers: questionHeaders, body: '{}'})).text();
}
