import {existsSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {type Static, Type} from '@sinclair/typebox';
import {Value} from '@sinclair/typebox/value';
import {execa} from 'execa';
import {pythonEnvironment} from '../../support/python-environment.js';
import type {Language} from './sdks.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Where the SDKs are installed; git ignores this folder. */
const installed = join(root, '.cache', 'sdk');

/** The files for the programs: the requests, the cassette and the results seen when it was recorded. */
export const contractFolder = join(root, 'test', 'sdk');

/** A line of a program's output: what an application saw in one case through one SDK. */
const CaseLine = Type.Object({
  sdk: Type.String(),
  version: Type.String(),
  case: Type.String(),
  status: Type.Union([Type.Literal('passed'), Type.Literal('failed')]),
  detail: Type.Optional(Type.String()),
  seen: Type.Optional(Type.Unknown()),
});
export type CaseLine = Static<typeof CaseLine>;

export type Addresses = {
  /** A proxy whose cassette folder has a cassette named `sdk`. */
  readonly played: string;
  /** A proxy with scripted failures. */
  readonly scripted: string;
};

/** The programs of each language, as installed by `npm run test:sdk`, and their arguments. */
function programsOf(language: Language): readonly (readonly [string, ...string[]])[] {
  const of = (...path: string[]) => join(installed, language, ...path);
  switch (language) {
    case 'javascript': {
      const asInstalled = ['--preserve-symlinks', '--preserve-symlinks-main'];
      return [[process.execPath, ...asInstalled, of('program', 'main.mjs')]];
    }
    case 'python':
      return [[of('bin', 'python'), join(contractFolder, 'python', 'main.py')]];
    case 'go':
      return [[of('newest')], [of('oldest')]];
    case 'java': {
      const classpath = `${of('target', 'classes')}:${readFileSync(of('target', 'classpath'), 'utf8')}`;
      return [['java', '-cp', classpath, 'retake.sdk.Main']];
    }
  }
}

/** The interpreter of Python that has the SDKs. */
export const pythonProgram = join(installed, 'python', 'bin', 'python');

/** Whether `npm run test:sdk` has installed the SDKs of a language here. */
export function areInstalled(language: Language): boolean {
  return existsSync(join(installed, language, '.installed'));
}

/** Runs the programs of a language in sequence. */
export async function runPrograms(
  language: Language,
  {played, scripted}: Addresses,
  {only, cases}: {readonly only?: string; readonly cases?: readonly string[]} = {},
): Promise<readonly CaseLine[]> {
  const lines: CaseLine[] = [];
  for (const [command, ...words] of programsOf(language)) {
    const child = execa(command, words, {
      cwd: dirname(contractFolder),
      stdin: 'ignore',
      reject: false,
      extendEnv: false,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: join(installed, 'home'),
        ...pythonEnvironment,
        RETAKE_ASKED: join(contractFolder, 'asked.json'),
        RETAKE_PLAYED_URL: played,
        RETAKE_SCRIPTED_URL: scripted,
        // Limits for recording; only the JavaScript program supports them.
        ...(only !== undefined && {RETAKE_ONLY: only}),
        ...(cases && {RETAKE_CASES: cases.join(',')}),
      },
    });
    for await (const text of createInterface({input: child.stdout})) {
      lines.push(Value.Parse(CaseLine, JSON.parse(text)));
    }
    const {exitCode, stderr} = await child;
    if (exitCode !== 0) throw new Error(`The program in ${language} ended with ${exitCode}:\n${stderr}`);
  }
  return lines;
}

/** Runs the program that asks the questions of the tests of faults, and returns its lines. */
export async function runFaultProgram(language: Language, questions: string): Promise<readonly string[]> {
  const [command, ...words] = faultProgramOf(language);
  const {stdout} = await execa(command, words, {
    stdin: 'ignore',
    extendEnv: false,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: join(installed, 'home'),
      ...pythonEnvironment,
      RETAKE_ASKED: join(contractFolder, 'asked.json'),
      RETAKE_FAULTS: questions,
    },
  });
  return stdout.split('\n');
}

/** The newest program of a language; that of Python has a file of its own for faults. */
function faultProgramOf(language: Language): readonly [string, ...string[]] {
  if (language === 'python') return [pythonProgram, join(contractFolder, 'python', 'faults.py')];
  const [program] = programsOf(language);
  if (!program) throw new Error(`There is no program in ${language}`);
  return program;
}
