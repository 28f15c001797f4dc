import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdir, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import type {ExecutionContext} from 'ava';
import {retake} from '../support/retake.js';
import type {ReceivedRequest} from '../support/scripted-upstream.js';
import {type Script, scriptedUpstream} from '../support/scripted-upstream.js';
import {temporaryFolder} from '../support/temporary-folder.js';

/** Where scripts/agents/install.mjs installs. */
export const agentsFolder = fileURLToPath(new URL('../../../.cache/agents/', import.meta.url));

/** In CI, an installation that failed has failed the run already. */
export const areInstalled = existsSync(join(agentsFolder, '.installed'));

/** A program that asks a model, and what it needs. */
export type AgentProgram = {
  /** Its command, as the command after `retake run --`; `home` is its user's folder. */
  command(home: string): readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Files in the user's folder. */
  readonly home?: Readonly<Record<string, string>>;
};

/** What differs between the run that records and the one that replays, as on another machine on another day. */
type Surroundings = {readonly folder: string; readonly timeZone: string; readonly committed: string};

const desk: Surroundings = {
  folder: 'desk/project',
  timeZone: 'Etc/GMT+12',
  committed: '2020-02-03T04:05:06Z',
};

/** Its clocks are 26 hours ahead of those of the desk, so it has another date at any time. */
const elsewhere: Surroundings = {
  folder: 'ci/another checkout',
  timeZone: 'Etc/GMT-14',
  committed: '2025-06-07T08:09:10Z',
};

export type RecordedSession = {
  /** What the program printed. */
  readonly recorded: string;
  readonly replayed: string;
  /** What the model was asked while recording. */
  readonly requests: readonly ReceivedRequest[];
};

/**
 * Records a program once, and replays it strictly: as another user, in another folder with another commit, in a time zone with another date, without
 * a model.
 */
export async function recordAndReplay(
  t: ExecutionContext,
  program: AgentProgram,
  script: Script,
): Promise<RecordedSession> {
  const root = await temporaryFolder(t);
  const upstream = await scriptedUpstream(t, script, {props: null});
  const cassette = join(root, 'agent.cassette');
  const record = await run(t, program, {
    ...{
      root,
      around: desk,
      options: ['--cassette', cassette, '--mode', 'record', '--upstream', upstream.url],
    },
  });
  const count = upstream.requests.length;
  await upstream.close();
  const replay = await run(t, program, {
    ...{root, around: elsewhere, options: ['--cassette', cassette, '--mode', 'replay']},
  });
  const all = `${count} requests?`;
  t.is(record.exitCode, 0, record.stderr);
  t.regex(record.stderr, new RegExp(`retake: ${all}: 0 replayed, ${count} recorded\\n`));
  t.is(replay.exitCode, 0, replay.stderr);
  t.regex(replay.stderr, new RegExp(`retake: ${all}: ${count} replayed\\n`));
  return {recorded: record.stdout, replayed: replay.stdout, requests: upstream.requests};
}

async function run(
  t: ExecutionContext,
  program: AgentProgram,
  {
    root,
    around,
    options,
  }: {readonly root: string; readonly around: Surroundings; readonly options: readonly string[]},
) {
  const home = await temporaryFolder(t);
  const directory = join(root, around.folder);
  const files = {
    [join(directory, 'notes.txt')]: 'The word is apple.\n',
    [join(directory, 'retake.config.json')]: JSON.stringify({ignore: ['agent-noise']}),
    ...Object.fromEntries(
      Object.entries(program.home ?? {}).map(([name, text]): [string, string] => [join(home, name), text]),
    ),
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(path), {recursive: true});
    await writeFile(path, text);
  }
  await commitAll(directory, around.committed);
  return retake(t, ['run', ...options, '--', ...program.command(home)], {
    directory,
    environment: {...program.environment, HOME: home, TZ: around.timeZone},
  });
}

async function commitAll(cwd: string, date: string): Promise<void> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    GIT_CONFIG_GLOBAL: '/dev/null',
    ...{GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.com', GIT_AUTHOR_DATE: date},
    ...{GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.com', GIT_COMMITTER_DATE: date},
  };
  for (const words of [
    ['init', '--quiet', '--initial-branch=main'],
    ['add', '.'],
    ['commit', '--quiet', '--message=Start'],
  ])
    await promisify(execFile)('git', words, {cwd, env});
}
