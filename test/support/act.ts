import {existsSync} from 'node:fs';
import {cp, mkdir, readdir, writeFile} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {apiToken} from './github-api.js';
import type {PullRequestWorld} from './pull-request.js';
import {retakeProgram} from './retake.js';
import {temporaryFolder} from './temporary-folder.js';

/** The program that `scripts/install-act.mjs` installs. */
const act = resolve('.cache/act-v0.2.89/act');
export const hasAct = existsSync(act);

export type JobOptions = {
  /** Inputs of the action, besides `retake`. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Whether artifacts can be uploaded. */
  readonly hasArtifacts?: boolean;
};

/** Runs a workflow with the action for the pull request, on this machine and without containers. */
export async function runAction(
  t: ExecutionContext,
  world: PullRequestWorld,
  {inputs = {}, hasArtifacts = true}: JobOptions = {},
) {
  const [action, home, uploads] = [
    await temporaryFolder(t),
    await temporaryFolder(t),
    await temporaryFolder(t),
  ];
  for (const path of ['action.yml', 'scripts/action']) {
    await cp(path, join(action, path), {recursive: true});
  }
  // act reads the repository's name from here.
  await world.git('config', 'remote.origin.url', 'https://github.com/ann/shop');
  const workflow = join(world.directory, '.github', 'workflows', 'review.yml');
  await mkdir(dirname(workflow), {recursive: true});
  await writeFile(workflow, workflowWith({...inputs, retake: retakeProgram}));
  const instead = {
    'retake/retake@v1': action,
    'actions/upload-artifact@v4': resolve('test/fixtures/actions/upload-artifact'),
    'actions/setup-node@v4': resolve('test/fixtures/actions/setup-node'),
  };
  const variables = {GITHUB_API_URL: world.api.url, ...(hasArtifacts && {UPLOADS: uploads})};
  const words = [
    ...['pull_request', '--platform', 'ubuntu-latest=-self-hosted', '--eventpath', world.eventFile],
    ...['--no-cache-server', '--secret', `GITHUB_TOKEN=${apiToken}`],
    ...Object.entries(instead).flatMap(pair => ['--local-repository', pair.join('=')]),
    ...Object.entries(variables).flatMap(pair => ['--env', pair.join('=')]),
  ];
  const {exitCode, all} = await execa(act, words, {
    cwd: world.directory,
    extendEnv: false,
    env: {PATH: process.env['PATH'] ?? '', HOME: home},
    all: true,
    reject: false,
    stdin: 'ignore',
    timeout: 100_000,
    killSignal: 'SIGKILL',
  });
  return {
    exitCode,
    /** The whole output of the runner, including the job's summary and the outputs of steps. */
    log: all,
    /** The names of the uploaded artifacts. */
    uploads: await readdir(uploads),
  };
}

/** A workflow as in docs/ci.md, with a last step that prints the outputs of the action. */
function workflowWith(inputs: Readonly<Record<string, string>>): string {
  const given = Object.entries(inputs).map(([name, value]) => `          ${name}: ${JSON.stringify(value)}`);
  return `on: pull_request
jobs:
  review:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - id: review
        uses: retake/retake@v1
        with:
${given.join('\n')}
      - if: always()
        run: echo "$TOLD"
        env:
          TOLD: told \${{ steps.review.outputs.verdict }} \${{ steps.review.outputs.changes }} \${{ steps.review.outputs.page-url }}
`;
}
