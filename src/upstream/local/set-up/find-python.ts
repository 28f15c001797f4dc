import {execa} from 'execa';
import {setUpError} from './set-up-error.js';

const oldestPython = {major: 3, minor: 10};

/** The usual names first; the others are for systems whose default Python is too old. */
const candidates = [
  'python3',
  'python',
  'python3.14',
  'python3.13',
  'python3.12',
  'python3.11',
  'python3.10',
];

const probe = `
import json, sys
try:
    import ensurepip, venv
    complete = True
except ImportError:
    complete = False
print(json.dumps({"major": sys.version_info[0], "minor": sys.version_info[1], "complete": complete}))
`;

type Probed = {readonly major: number; readonly minor: number; readonly complete: boolean};

/**
 * Finds a Python that can create virtual environments.
 * @throws RetakeError `setup_failed` if there is none, with what is missing
 */
export async function findPython(given: string | undefined, path: string): Promise<string> {
  const found: Array<Probed & {command: string}> = [];
  for (const command of given === undefined ? candidates : [given]) {
    const probed = await probePython(command, path);
    if (!probed) continue;
    if (isNewEnough(probed) && probed.complete) return command;
    found.push({...probed, command});
  }
  throw noPython(given, found);
}

async function probePython(command: string, path: string): Promise<Probed | undefined> {
  const {stdout, failed} = await execa(command, ['-I', '-c', probe], {
    env: {PATH: path},
    reject: false,
    timeout: 30_000,
    stdin: 'ignore',
  });
  return failed ? undefined : (JSON.parse(stdout) as Probed);
}

function isNewEnough({major, minor}: Probed): boolean {
  return major === oldestPython.major && minor >= oldestPython.minor;
}

function noPython(given: string | undefined, found: ReadonlyArray<Probed & {command: string}>) {
  const oldest = `${oldestPython.major}.${oldestPython.minor}`;
  const incomplete = found.find(isNewEnough);
  if (incomplete)
    return setUpError(
      `${incomplete.command} (Python ${incomplete.major}.${incomplete.minor}) has no venv module, which the installation of the engine needs`,
      `Install it (Debian, Ubuntu: \`apt install python3-venv\`), or install llama-server and put it on PATH.`,
    );
  const [old] = found;
  if (old)
    return setUpError(
      `Installing the engine needs Python ${oldest} or newer, but ${old.command} is ${old.major}.${old.minor}`,
      'Install a newer Python and name it in the option `upstream.python`, or install llama-server and put it on PATH.',
    );
  return setUpError(
    given === undefined
      ? 'Installing the engine needs Python 3, but there is no working python3 on PATH'
      : `Expected the option \`upstream.python\` to be Python ${oldest} or newer, but \`${given}\` cannot be run`,
    `Install Python ${oldest} or newer with venv (Debian, Ubuntu: \`apt install python3 python3-venv\`), or install llama-server and put it on PATH.`,
  );
}
