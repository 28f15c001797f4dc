import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {LLMock} from '@copilotkit/aimock';
import test from 'ava';
import {execa} from 'execa';
import {isContinuousIntegration} from '../../../src/config/continuous-integration.js';
import {importCassette} from '../../../src/operations/import-cassette.js';
import {buildProxy} from '../../support/build-proxy.js';
import {pythonEnvironment} from '../../support/python-environment.js';
import {temporaryFolder} from '../../support/temporary-folder.js';
import {areInstalled, contractFolder, pythonProgram} from '../contract/run-program.js';

const title =
  'what vcrpy recorded with the SDKs of Python is imported, and replayed strictly to the same SDKs';

if (areInstalled('python')) {
  test(title, async t => {
    t.timeout(300_000);
    const mock = new LLMock({port: 0, logLevel: 'silent'});
    mock
      .onMessage(/France/, {content: 'Paris – 🗼'})
      .onMessage(/weather/, {toolCalls: [{name: 'get_weather', arguments: '{"city":"Oslo"}'}]})
      .on({userMessage: 'joke', sequenceIndex: 0}, {content: 'one'})
      .on({userMessage: 'joke', sequenceIndex: 1}, {content: 'two'})
      .on({userMessage: 'joke', sequenceIndex: 2}, {content: 'three'})
      .onMessage(/Fail/, {error: {message: 'Slow down'}, status: 429});
    await mock.start();
    t.teardown(() => mock.stop());
    const directory = await temporaryFolder(t);
    const yaml = join(directory, 'recorded.yaml');
    const program = join(contractFolder, 'python', 'vcr_cases.py');
    const run = async (...words: string[]) => {
      const {stdout} = await execa(pythonProgram, [program, ...words], {
        stdin: 'ignore',
        extendEnv: false,
        env: {PATH: process.env['PATH'] ?? '', HOME: directory, ...pythonEnvironment},
      });
      return stdout.split('\n');
    };
    const recorded = await run('record', mock.url, yaml);
    t.is(recorded.length, 13);
    t.false((await readFile(yaml, 'utf8')).includes('of-mine'));

    const cassette = join(directory, 'imported.cassette');
    const {imported, leftOut, takes, interactions} = await importCassette({
      from: yaml,
      path: cassette,
      replaces: false,
    });
    t.is(imported.length, 13);
    t.is(takes, 13);
    // A stream and a response ask the same as a chat, and the joke is one request with three answers.
    t.is(interactions, 7);
    t.deepEqual(
      leftOut.map(({place}) => place),
      ['interaction 14'],
    );
    t.regex(leftOut[0]?.reasons[0] ?? '', /HTTP 429/);

    const {url} = await buildProxy(t, {mode: 'replay', cassette});
    t.deepEqual(await run('replay', url), recorded);
  });
} else {
  const missing = 'the Python SDKs and vcrpy are installed: run npm run test:sdk -- python';
  if (isContinuousIntegration(process.env)) test(missing, t => t.fail());
  else test.skip(missing, t => t.pass());
}
