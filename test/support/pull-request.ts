import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {writeCassette} from './cassette-files.js';
import {type GitRepository, gitRepository} from './git-repository.js';
import {apiToken, type GithubApi, githubApi} from './github-api.js';
import {recordingOf} from './recordings.js';
import {temporaryFolder} from './temporary-folder.js';

/** Answers by question, in cassettes by path. */
export type Recorded = Readonly<Record<string, Readonly<Record<string, string>>>>;

export type PullRequestWorld = GitRepository & {
  readonly api: GithubApi;
  /** The variables that the runner of GitHub Actions sets for a step of the pull request's workflow. */
  readonly environment: Readonly<Record<string, string>>;
  /** The event that started the workflow. */
  readonly eventFile: string;
  /** Replaces all cassettes with these. */
  record(recorded: Recorded): Promise<void>;
  /** The job's summary so far. */
  summary(): Promise<string>;
  /** The outputs of the step so far. */
  outputs(): Promise<Readonly<Record<string, string>>>;
};

export type PullRequestOptions = {
  /** The cassettes of each branch. */
  readonly main?: Recorded;
  readonly topic?: Recorded;
  /** The name of the branch to be merged. */
  readonly branch?: string;
  readonly title?: string;
};

export const pullRequestNumber = 7;

/** A repository `ann/shop` with a pull request of a branch, checked out as in a workflow, and the API to comment on it. */
export async function openPullRequest(
  t: ExecutionContext,
  {main = {}, topic = {}, branch = 'topic', title = 'Answer in other words'}: PullRequestOptions = {},
): Promise<PullRequestWorld> {
  const repository = await gitRepository(t);
  const {directory, git, commit} = repository;
  const api = await githubApi(t);
  const runner = await temporaryFolder(t);
  const record = async (recorded: Recorded) => {
    await git('rm', '-r', '--quiet', '--ignore-unmatch', '*.cassette');
    for (const [path, answers] of Object.entries(recorded)) {
      await mkdir(dirname(join(directory, path)), {recursive: true});
      await rm(join(directory, path), {force: true});
      await writeCassette(
        join(directory, path),
        Object.entries(answers).map(([question, answer]) => recordingOf(question, answer)),
      );
    }
  };
  await record(main);
  const base = await commit('Record');
  await git('update-ref', 'refs/remotes/origin/main', base);
  await git('checkout', '--quiet', '-b', branch);
  await record(topic);
  const head = await commit('Record anew');
  const file = (name: string) => join(runner, name);
  await writeFile(
    file('event.json'),
    JSON.stringify({
      pull_request: {
        number: pullRequestNumber,
        title,
        base: {ref: 'main', sha: base},
        head: {ref: branch, sha: head},
      },
      repository: {name: 'shop', full_name: 'ann/shop', owner: {login: 'ann'}, default_branch: 'main'},
    }),
  );
  return {
    ...repository,
    api,
    record,
    eventFile: file('event.json'),
    environment: {
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: api.url,
      GITHUB_EVENT_PATH: file('event.json'),
      GITHUB_OUTPUT: file('outputs'),
      GITHUB_REPOSITORY: 'ann/shop',
      GITHUB_STEP_SUMMARY: file('summary.md'),
      GITHUB_TOKEN: apiToken,
    },
    summary: () => readFile(file('summary.md'), 'utf8'),
    async outputs() {
      const lines = (await readFile(file('outputs'), 'utf8')).trimEnd().split('\n');
      return Object.fromEntries(lines.map(line => line.split(/=(.*)/s).slice(0, 2)));
    },
  };
}
