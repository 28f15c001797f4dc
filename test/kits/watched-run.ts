import {stripVTControlCharacters} from 'node:util';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {descendantsOf} from '../support/child-processes.js';
import {eventually} from '../support/eventually.js';
import {compileCache} from '../support/retake.js';
import type {ExampleProject} from './example-project.js';

/** A test framework in watch mode, on a terminal. */
export type WatchedRun = {
  /** Does something that begins a run, and waits for the words at its end. The result is what it printed, without colours. */
  outputAfter(act: () => unknown): Promise<string>;
  /** Presses keys. */
  press(keys: string): void;
  /** The processes of retake that it started, and that run now. */
  retakeProcesses(): Promise<readonly string[]>;
  /** Presses `q`, and waits for its end. The result has the processes that ran before. */
  quit(): Promise<readonly number[]>;
};

export type WatchedCommand = {
  readonly words: readonly string[];
  /** What the framework prints when it waits for a change. */
  readonly waiting: RegExp;
  readonly environment?: Readonly<Record<string, string>>;
};

export async function watchedRun(
  t: ExecutionContext,
  {folder, upstream}: Pick<ExampleProject, 'folder' | 'upstream'>,
  {words, waiting, environment = {}}: WatchedCommand,
): Promise<WatchedRun> {
  const child = execa('python3', ['-c', relay, process.execPath, ...words], {
    cwd: folder,
    extendEnv: false,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      NODE_COMPILE_CACHE: compileCache,
      TERM: 'xterm',
      RETAKE_UPSTREAM: upstream,
      ...environment,
    },
    reject: false,
    buffer: false,
    stdin: 'pipe',
  });
  const {pid = 0} = child;
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    output += stripVTControlCharacters(data.toString());
  });
  t.teardown(async () => {
    for (const one of await descendantsOf(pid)) process.kill(one, 'SIGKILL');
    child.kill('SIGKILL');
    await child;
  });
  const outputAfter = async (act: () => unknown): Promise<string> => {
    const before = output.length;
    await act();
    try {
      await eventually('the framework waits for a change', () => waiting.test(output.slice(before)));
    } catch (error) {
      throw new Error(`It printed:\n${output.slice(before)}`, {cause: error});
    }
    return output.slice(before);
  };
  return {
    outputAfter,
    press: keys => void child.stdin.write(keys),
    async retakeProcesses() {
      const ids = await descendantsOf(pid);
      const {stdout} = await execa('ps', ['-A', '-o', 'pid=,args=']);
      return stdout
        .split('\n')
        .filter(line => ids.includes(Number.parseInt(line, 10)) && line.includes('retake.js'));
    },
    async quit() {
      const ids = await descendantsOf(pid);
      child.stdin.write('q');
      await child;
      return ids;
    },
  };
}

/** Runs a command on a pseudo-terminal whose keys come from its own input, until that command ends. */
const relay = `
import os, pty, select, sys
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
sources = [0, terminal]
while True:
    for source in select.select(sources, [], [])[0]:
        try:
            data = os.read(source, 65536)
        except OSError:
            data = b""
        if source == 0 and data:
            os.write(terminal, data)
        elif source == 0:
            sources.remove(0)
        elif data:
            os.write(1, data)
        else:
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;
