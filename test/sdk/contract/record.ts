// Records test/sdk/sdk.cassette through one SDK, and the results that its application saw: `npm run test:sdk -- --record`.
import {once} from 'node:events';
import {rm, writeFile} from 'node:fs/promises';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import {askedOtherwise, type RecordedCase, recordedCases, seenAt} from './cases.js';
import {contractFolder, runPrograms} from './run-program.js';

const retake = fileURLToPath(new URL('../../../bin/retake.js', import.meta.url));

await rm(join(contractFolder, 'sdk.cassette'), {force: true});
const isOfPictures = (name: string) => name === 'image';
const local = ['--model', 'gemma3-270m'];
const questions = recordedCases.filter(name => !isOfPictures(name));
const seen = new Map<string, unknown>();
await record('genai', questions, ...local);
for (const {sdk, name} of askedOtherwise) await record(sdk, [name], ...local);
// The smallest model cannot read images.
const seeing = await seeingServer();
const {port} = seeing.address() as AddressInfo;
await record('genai', recordedCases.filter(isOfPictures), '--upstream', `http://127.0.0.1:${port}/v1`);
seeing.close();
const told = Object.fromEntries(seen);
await writeFile(join(contractFolder, 'seen.json'), `${JSON.stringify(told, null, 2)}\n`);

/** Runs the cases against a retake that records. */
async function record(
  only: string,
  cases: readonly RecordedCase[],
  ...upstream: readonly string[]
): Promise<void> {
  const words = ['serve', '--port', '0', '--mode', 'auto', '--cassette', contractFolder, ...upstream];
  const server = execa(process.execPath, [retake, ...words], {stdin: 'ignore', stderr: 'inherit'});
  try {
    const url = await addressOf(server.stdout);
    const lines = await runPrograms('javascript', {played: url, scripted: url}, {only, cases});
    for (const name of cases) {
      const line = lines.find(each => each.case === name);
      if (line?.status !== 'passed') throw new Error(`${name} failed: ${line?.detail}`);
      seen.set(seenAt(only, name), line.seen);
    }
  } finally {
    server.kill('SIGTERM');
    await server.catch(() => {});
  }
}

async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({input: output})) {
    const [, address] = /listens on (http:\S+)/.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error('retake ended before it listened');
}

/** A server that describes every image as red. */
async function seeingServer(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    if (request.method !== 'POST') return response.writeHead(404).end();
    const delta = (content: string, finish: string | null) =>
      `data: ${JSON.stringify({model: 'a script', choices: [{index: 0, delta: {content}, finish_reason: finish}]})}\n\n`;
    const usage = {model: 'a script', choices: [], usage: {prompt_tokens: 270, completion_tokens: 4}};
    response.writeHead(200, {'content-type': 'text/event-stream'});
    return response.end(
      `${delta('It is ', null)}${delta('red.', 'stop')}data: ${JSON.stringify(usage)}\n\ndata: [DONE]\n\n`,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
