// Records test/sdk/sdk.cassette through one SDK, and what its application saw: `npm run test:sdk -- --record`.
import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {AnswerChunk} from '../../../src/chat/chunk.js';
import type {Model} from '../../../src/chat/model.js';
import {cacheFolder} from '../../../src/files/cache-folder.js';
import {createProxy} from '../../../src/index.js';
import {defaultTuning} from '../../../src/upstream/engine/engine-tuning.js';
import {managedUpstream} from '../../../src/upstream/managed-upstream.js';
import type {Upstream} from '../../../src/upstream/upstream.js';
import {recordedCases} from './cases.js';
import {contractFolder, runPrograms} from './run-program.js';

const live = managedUpstream({
  model: 'gemma3-270m',
  cacheFolder: cacheFolder(process.env),
  path: process.env['PATH'] ?? '',
  tuning: defaultTuning,
});

const red: readonly AnswerChunk[] = [
  {type: 'reply-start', answeredBy: {model: 'a script'}},
  {type: 'text-delta', candidate: 0, text: 'It is '},
  {type: 'text-delta', candidate: 0, text: 'red.'},
  {
    type: 'reply-end',
    finish: [{unified: 'stop', raw: 'stop'}],
    usage: {inputTokens: 270, outputTokens: 4},
  },
];

/** The smallest model cannot see: what is asked about a picture is answered by a script. */
const model: Model = (request, context) =>
  request.operation === 'chat' && JSON.stringify(request.turns).includes('"type":"image"')
    ? told(red)
    : live.model(request, context);

async function* told(chunks: readonly AnswerChunk[]): AsyncGenerator<AnswerChunk> {
  yield* chunks;
}

const upstream: Upstream = {
  model,
  get state() {
    return live.state;
  },
  start: live.start,
  ready: live.ready,
  close: live.close,
};

await rm(join(contractFolder, 'sdk.cassette'), {force: true});
const proxy = await createProxy({cassette: contractFolder, mode: 'auto', upstream});
try {
  const url = await proxy.listen();
  const lines = await runPrograms(
    'javascript',
    {played: url, scripted: url},
    {only: 'genai', onLine: ({case: name, status, detail}) => console.log(status, name, detail ?? '')},
  );
  const seen = Object.fromEntries(
    recordedCases.map(name => [name, lines.find(line => line.case === name)?.seen]),
  );
  await writeFile(join(contractFolder, 'seen.json'), `${JSON.stringify(seen, null, 2)}\n`);
} finally {
  await proxy.close();
}
