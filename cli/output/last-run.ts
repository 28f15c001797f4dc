import {existsSync} from 'node:fs';
import {rm, writeFile} from 'node:fs/promises';
import {dirname} from 'node:path';
import {makeFolder} from '../../src/files/make-folder.js';
import type {Verdict} from '../../src/proxy/verdict.js';
import {type Project, projectFile} from './project-file.js';

type Run = {
  readonly project: Project;
  readonly cassette: string;
  readonly command: readonly string[];
};

/** Whether the last run of a command had requests that the cassette could not answer and that were not recorded either. */
export function lastRunWasIncomplete(run: Run): boolean {
  return existsSync(fileOf(run));
}

/** Remembers whether a run was incomplete, for the next run of the same command. */
export async function saveRunOutcome(run: Run, {missed, failed, notRecorded}: Verdict): Promise<void> {
  const file = fileOf(run);
  try {
    if (missed + failed + notRecorded === 0) return await rm(file, {force: true});
    makeFolder(dirname(file));
    await writeFile(file, `${JSON.stringify({version: 1, cassette: run.cassette})}\n`, {mode: 0o600});
  } catch {
    // Without the file, the next run does not wait for the model; its requests do.
  }
}

function fileOf({project, cassette, command}: Run): string {
  return projectFile(project, 'incomplete-runs', JSON.stringify([cassette, command]));
}
