import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {type Static, Type} from '@sinclair/typebox';
import {Value} from '@sinclair/typebox/value';
import {omitUndefined} from '../../src/chat/omit-undefined.js';
import type {Config} from '../../src/config/load-config.js';
import {RetakeError} from '../../src/errors.js';
import type {UpdateResult} from '../../src/operations/remove-unused.js';
import type {Verdict} from '../../src/proxy/verdict.js';
import type {ChildExit} from '../process/run-child.js';
import {writeReport} from './write-report.js';

const Count = Type.Integer({minimum: 0});

const namedTake = {
  cassette: Type.String(),
  key: Type.String(),
  take: Type.Integer({minimum: 1}),
  recordedAt: Type.Integer(),
};

/** The report of `retake run --report`. A member may be added; `version` increases when one changes its meaning or is removed. */
export const RunReport = Type.Object({
  version: Type.Literal(1),
  command: Type.Array(Type.String()),
  mode: Type.String(),
  cassette: Type.String(),
  /** The exit code of `retake run`. */
  exitCode: Count,
  /** The exit of the command itself. */
  commandExit: Type.Object({code: Count, signal: Type.Optional(Type.String())}),
  played: Count,
  recorded: Count,
  /** Absent in reports of older versions. */
  recordedErrors: Type.Optional(Count),
  missed: Count,
  notRecorded: Count,
  /** Absent in reports of older versions. */
  givenUp: Type.Optional(Count),
  /** Absent in reports of older versions. */
  faulted: Type.Optional(Count),
  failed: Count,
  /** With `--max-tokens-spent`: the limit, and the requests that were not sent because it was reached. */
  tokenLimit: Type.Optional(Type.Integer({minimum: 0})),
  notSent: Type.Optional(Count),
  unsent: Type.Optional(
    Type.Array(Type.Object({cassette: Type.String(), key: Type.String(), question: Type.String()})),
  ),
  misses: Type.Array(
    Type.Object({
      cassette: Type.String(),
      key: Type.String(),
      question: Type.String(),
      message: Type.String(),
      nearest: Type.Optional(
        Type.Object({key: Type.String(), question: Type.String(), differences: Type.Array(Type.String())}),
      ),
      /** Whether only the provider of the API answers such a request. */
      needsProvider: Type.Optional(Type.Literal(true)),
    }),
  ),
  /** Requests that were sent more often than they were recorded; absent in reports of older versions. */
  repeated: Type.Optional(
    Type.Array(
      Type.Object({
        cassette: Type.String(),
        key: Type.String(),
        question: Type.String(),
        takes: Count,
        repeats: Count,
      }),
    ),
  ),
  /** With `--update`: how many unused takes were removed, or why none was looked for. */
  update: Type.Optional(
    Type.Object({removed: Type.Optional(Count), skippedBecause: Type.Optional(Type.String())}),
  ),
  /** With `--upstream provider`: the tokens that the providers counted. */
  spent: Type.Optional(
    Type.Array(Type.Object({model: Type.String(), inputTokens: Count, outputTokens: Count})),
  ),
  used: Type.Array(Type.Object(namedTake)),
  unused: Type.Array(Type.Object({...namedTake, question: Type.String()})),
});
export type RunReport = Static<typeof RunReport>;

export function makeRunReport({
  command,
  config,
  exit,
  exitCode,
  verdict,
  update,
}: {
  command: readonly string[];
  config: Config;
  exit: ChildExit;
  exitCode: number;
  verdict: Verdict;
  update: UpdateResult | undefined;
}): RunReport {
  const {played, recorded, recordedErrors, missed, notRecorded, givenUp, faulted, failed, notSent} = verdict;
  return {
    version: 1,
    command: [...command],
    mode: config.mode,
    cassette: config.cassette,
    exitCode,
    commandExit: omitUndefined({code: exit.code, signal: exit.signal}),
    played,
    recorded,
    recordedErrors,
    missed,
    notRecorded,
    givenUp,
    faulted,
    failed,
    notSent,
    unsent: [...verdict.unsent],
    misses: verdict.misses.map(({cassette, key, question, message, nearest, needsProvider}) =>
      omitUndefined({
        cassette,
        key,
        question,
        message,
        nearest: nearest && {...nearest, differences: [...nearest.differences]},
        needsProvider,
      }),
    ),
    repeated: verdict.repeated.map(one => ({...one})),
    ...omitUndefined({
      update: update && omitUndefined(update),
      tokenLimit: verdict.tokenLimit,
      spent: verdict.spent?.map(one => ({...one})),
    }),
    used: [...verdict.used],
    unused: [...verdict.unused],
  };
}

/**
 * Reads a report from a file.
 * @throws RetakeError `invalid_setting`
 */
export function readRunReport(file: string, directory: string): RunReport {
  const report = parse(file, directory);
  if (Value.Check(RunReport, report)) return report;
  const first = Value.Errors(RunReport, report).First();
  throw new RetakeError(
    'invalid_setting',
    `Expected ${file} to be a report of this retake: ${first?.path ?? ''} ${first?.message ?? ''}`,
    {hint: 'Write one with: retake run --report FILE -- COMMAND'},
  );
}

function parse(file: string, directory: string): unknown {
  try {
    return JSON.parse(readFileSync(resolve(directory, file), 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RetakeError('invalid_setting', `The report ${file} cannot be read: ${reason}`, {cause});
  }
}

export async function writeRunReport(report: RunReport, file: string, directory: string): Promise<void> {
  await writeReport(`${JSON.stringify(report, null, 2)}\n`, file, directory);
}
