// For `globalSetup` of Jest: starts retake for all test files, unless RETAKE_URL has the address of one.
import {resolve} from 'node:path';
import {controlClient} from './control-client.js';
import {type RunToEnd, tellRun} from './jest-run.js';
import {createUnusedFolder} from './jest-unused.js';
import {startRetake} from './retake-process.js';

type GlobalConfig = {readonly rootDir: string; readonly updateSnapshot?: string};

export default async function setUp({rootDir, updateSnapshot}: GlobalConfig): Promise<void> {
  const running = process.env['RETAKE_URL'] || undefined;
  const updates = updateSnapshot === 'all';
  const mode = process.env['RETAKE_MODE'] || (updates ? 'auto' : 'replay');
  const cassettes = resolve(rootDir, process.env['RETAKE_CASSETTE'] || 'cassettes');
  const started = running ? undefined : await startRetake({cassettes, mode, directory: rootDir});
  const address = started?.address ?? running ?? '';
  const control = controlClient(address);
  const {id, environment} = await control.createSession({name: 'Jest'});
  // A retake that was started by somebody else has its cassettes open, and other users.
  const unused = started && updates ? await createUnusedFolder() : undefined;
  tellRun({address, root: rootDir, mode: started ? mode : undefined, environment, id, unused});
  const ending: RunToEnd = {
    started,
    cassettes,
    root: rootDir,
    unused,
    endSession: () => control.endSession(id),
  };
  (globalThis as {retakeOfJest?: RunToEnd | undefined}).retakeOfJest = ending;
}
