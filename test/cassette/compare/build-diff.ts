import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import type {Recording} from '../../../src/cassette/cassette.js';
import type {Change} from '../../../src/cassette/compare/change.js';
import {
  type CassetteDiff,
  type CompareCassettesOptions,
  compareCassettes,
} from '../../../src/cassette/compare/compare-cassettes.js';
import {defaultTokenTolerance} from '../../../src/cassette/compare/compare-usage.js';
import {cassettePaths} from '../../../src/cassette/file/cassette-paths.js';
import {openCommittedFile} from '../../../src/cassette/file/committed-file.js';
import {cassetteKey, type MatchingView} from '../../../src/cassette/key/key.js';
import type {Take} from '../../../src/cassette/take.js';
import type {AnswerChunk, FinishReason, Usage} from '../../../src/chat/chunk.js';
import {writeCassette} from '../../support/cassette-files.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

/** Records both sides into cassettes and compares them. */
export async function diffRecordings(
  t: ExecutionContext,
  before: readonly Recording[],
  after: readonly Recording[],
  {tokens = defaultTokenTolerance, asked}: Partial<CompareCassettesOptions> = {},
): Promise<CassetteDiff> {
  const folder = await temporaryFolder(t);
  const open = async (name: string, recordings: readonly Recording[]) => {
    const path = await writeCassette(join(folder, name), recordings);
    const file = openCommittedFile(cassettePaths(path));
    t.teardown(() => file?.close());
    return {shown: name, cassette: file};
  };
  const snapshots = {before: await open('a.cassette', before), after: await open('b.cassette', after)};
  return compareCassettes({path: 'a.cassette', ...snapshots}, {tokens, asked});
}

/** The only change in the diff. */
export function onlyChange({changes}: CassetteDiff): Change {
  const [change, ...others] = changes;
  if (!change || others.length > 0) throw new Error(`Expected one change, got ${changes.length}`);
  return change;
}

export type Said = {
  readonly text?: string;
  readonly reasoning?: string;
  readonly finish?: FinishReason['unified'];
  readonly usage?: Usage;
  readonly candidates?: readonly string[];
};

/** A take with this answer. */
export function takeSaying(said: string | Said, recordedAt = 1_760_000_000_000): Take {
  const {
    text,
    reasoning,
    finish = 'stop',
    usage,
    candidates,
  }: Said = typeof said === 'string' ? {text: said} : said;
  const texts = candidates ?? (text === undefined ? [] : [text]);
  const chunks: AnswerChunk[] = [
    ...(reasoning === undefined ? [] : [{type: 'reasoning-delta', candidate: 0, text: reasoning} as const]),
    ...texts.map((one, candidate): AnswerChunk => ({type: 'text-delta', candidate, text: one})),
  ];
  const ends = Array.from(
    {length: Math.max(1, texts.length)},
    (): FinishReason => ({unified: finish, raw: finish}),
  );
  const [first = {unified: finish, raw: finish}, ...rest] = ends;
  const answeredBy = {model: 'gemma-3-270m-it', engine: 'b6000'};
  return {
    chunks: [
      {at: 10, chunk: {type: 'reply-start', answeredBy}},
      ...chunks.map((chunk, index) => ({at: 20 + index, chunk})),
      {at: 90, chunk: {type: 'reply-end', finish: [first, ...rest], ...(usage && {usage})}},
    ],
    provenance: {recordedAt, askedFor: 'gpt-4o', ...answeredBy},
  };
}

export function recordingOfView(view: MatchingView, said: string | Said | Take): Recording {
  const take = typeof said === 'object' && 'chunks' in said ? said : takeSaying(said);
  return {key: cassetteKey(view), view, take};
}

export type Asked = {
  readonly system?: string;
  readonly temperature?: number;
  readonly parts?: readonly MatchingView[];
};

export function viewAsking(question: string, {system, temperature, parts = []}: Asked = {}): MatchingView {
  const turn = (role: string, text: string, others: readonly MatchingView[] = []) => ({
    role,
    parts: [...others, {type: 'text', text}],
  });
  return {
    operation: 'chat',
    turns: [...(system === undefined ? [] : [turn('system', system)]), turn('user', question, parts)],
    ...(temperature !== undefined && {sampling: {temperature}}),
  };
}
