import {readFile} from 'node:fs/promises';
import {dirname} from 'node:path';
import {Type} from '@sinclair/typebox';
import {Value} from '@sinclair/typebox/value';
import type {MissReport} from '../../src/cassette/miss.js';
import {formatJson, type JsonValue, parseJson} from '../../src/chat/json.js';
import {RetakeError} from '../../src/errors.js';
import {makeFolder} from '../../src/files/make-folder.js';
import {writeTextAtomically} from '../../src/files/write-atomically.js';
import {type Project, projectFile} from './project-file.js';

/** The last miss of a project, and the cassette path of its configuration. */
type LastMiss = {readonly path: string; readonly report: MissReport};

const SavedMiss = Type.Object({
  version: Type.Literal(1),
  path: Type.String(),
  report: Type.Object({
    cassette: Type.String(),
    key: Type.String(),
    question: Type.String(),
    view: Type.Object({}),
    nearest: Type.Optional(
      Type.Object({key: Type.String(), question: Type.String(), differences: Type.Array(Type.String())}),
    ),
    message: Type.String(),
    ids: Type.Optional(
      Type.Array(Type.Object({id: Type.String(), token: Type.String(), origin: Type.String()})),
    ),
  }),
});

/** Saves each miss, redacted as a recording is, for `retake explain --last`. While a write is under way, only the newest waits. */
export function saveLastMiss(project: Project, cassette: string): (report: MissReport) => void {
  const file = fileOf(project);
  let isWriting = false;
  let next: MissReport | undefined;
  const write = async () => {
    isWriting = true;
    for (let report = next; report; report = next) {
      next = undefined;
      await save(file, {path: cassette, report});
    }
    isWriting = false;
  };
  return report => {
    next = report;
    if (!isWriting) void write();
  };
}

async function save(file: string, miss: LastMiss): Promise<void> {
  const saved: unknown = {version: 1, ...miss};
  try {
    makeFolder(dirname(file));
    await writeTextAtomically(file, formatJson(saved as JsonValue), {mode: 0o600});
  } catch {
    // The client and the verdict report the miss; without the file, only `retake explain --last` fails, with a sentence.
  }
}

/** @throws RetakeError `not_found` without a saved miss, `invalid_request` if its file is damaged */
export async function readLastMiss(project: Project): Promise<LastMiss> {
  const file = fileOf(project);
  const saved = parse(await read(file), file);
  if (!Value.Check(SavedMiss, saved)) {
    const first = Value.Errors(SavedMiss, saved).First();
    throw damaged(file, `${first?.path || '/'}: ${first?.message}`);
  }
  const checked: unknown = saved;
  return checked as LastMiss;
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new RetakeError('not_found', `No miss of this project is saved in ${file}`, {
      hint: '`retake run` and `retake serve` save a miss when a request has no recording.',
      cause,
    });
  }
}

function parse(bytes: Buffer, file: string): unknown {
  try {
    return parseJson(bytes, {maxDepth: 1000});
  } catch (cause) {
    throw damaged(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function damaged(file: string, reason: string, cause?: unknown): RetakeError {
  return new RetakeError('invalid_request', `The saved miss ${file} is damaged: ${reason}`, {
    hint: 'Delete the file, and send the request again.',
    cause,
  });
}

function fileOf(project: Project): string {
  return projectFile(project, 'last-miss');
}
