import {type Static, Type} from '@sinclair/typebox';
import type {Config, Verdict} from '../src/index.js';
import type {ChildExit} from './run-child.js';
import {writeWhole} from './write-whole.js';

const Count = Type.Integer({minimum: 0});

/** What `retake run --report` writes. A member may be added; `version` grows when one changes its meaning or goes. */
export const RunReport = Type.Object({
  version: Type.Literal(1),
  command: Type.Array(Type.String()),
  mode: Type.String(),
  cassette: Type.String(),
  /** The exit code of `retake run`. */
  exitCode: Count,
  /** How the command itself ended. */
  commandExit: Type.Object({code: Count, signal: Type.Optional(Type.String())}),
  played: Count,
  recorded: Count,
  missed: Count,
  live: Count,
  failed: Count,
  misses: Type.Array(
    Type.Object({
      cassette: Type.String(),
      key: Type.String(),
      question: Type.String(),
      message: Type.String(),
      nearest: Type.Optional(
        Type.Object({key: Type.String(), question: Type.String(), differences: Type.Array(Type.String())}),
      ),
    }),
  ),
  unused: Type.Array(
    Type.Object({
      cassette: Type.String(),
      key: Type.String(),
      take: Type.Integer({minimum: 1}),
      question: Type.String(),
    }),
  ),
});
export type RunReport = Static<typeof RunReport>;

export function makeRunReport({
  command,
  config,
  exit,
  exitCode,
  verdict,
}: {
  command: readonly string[];
  config: Config;
  exit: ChildExit;
  exitCode: number;
  verdict: Verdict;
}): RunReport {
  const {played, recorded, missed, live, failed} = verdict;
  return {
    version: 1,
    command: [...command],
    mode: config.mode,
    cassette: config.cassette,
    exitCode,
    commandExit: {code: exit.code, ...(exit.signal !== undefined && {signal: exit.signal})},
    played,
    recorded,
    missed,
    live,
    failed,
    misses: verdict.misses.map(({cassette, key, question, message, nearest}) => ({
      cassette,
      key,
      question,
      message,
      ...(nearest && {nearest: {...nearest, differences: [...nearest.differences]}}),
    })),
    unused: verdict.unused.map(({cassette, key, take, question}) => ({cassette, key, take, question})),
  };
}

/** Writes a report whole or not at all. */
export function writeRunReport(report: RunReport, file: string, directory: string): void {
  writeWhole(`${JSON.stringify(report, null, 2)}\n`, file, directory);
}
