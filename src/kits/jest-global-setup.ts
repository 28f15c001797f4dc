// For `globalSetup` of Jest: starts retake for all test files, unless RETAKE_URL has the address of one.
import {resolve} from 'node:path';
import {controlClient} from './control-client.js';
import {tellRun} from './jest-run.js';
import {type RetakeProcess, startRetake} from './retake-process.js';

type GlobalConfig = {
  readonly rootDir: string;
  readonly updateSnapshot?: string;
  readonly testNamePattern?: string;
};

export default async function setUp({rootDir, updateSnapshot, testNamePattern}: GlobalConfig): Promise<void> {
  const running = process.env['RETAKE_URL'] || undefined;
  const mode = process.env['RETAKE_MODE'] || (updateSnapshot === 'all' ? 'auto' : 'replay');
  const cassettes = resolve(rootDir, process.env['RETAKE_CASSETTE'] || 'cassettes');
  const started = running ? undefined : await startRetake({cassettes, mode, directory: rootDir});
  const address = started?.address ?? running ?? '';
  const {id, environment} = await controlClient(address).createSession({name: 'Jest'});
  tellRun({
    address,
    root: rootDir,
    mode: started ? mode : undefined,
    filters: (testNamePattern ?? '') !== '',
    environment,
    id,
  });
  (globalThis as {retakeOfJest?: RetakeProcess | undefined}).retakeOfJest = started;
}
