import {cassettePaths, createSidecarFolder} from '../src/cassette/file/cassette-paths.js';
import {replaceCommittedFile} from '../src/cassette/file/write-committed-file.js';
import {canonicalView, keyOfCanonicalText} from '../src/cassette/key/key.js';
import {defaultKeySettings} from '../src/cassette/key/key-settings.js';
import {createViewer} from '../src/cassette/key/matching-view.js';
import {noFactRows} from '../src/cassette/rows/fact-rows.js';
import {interactionId} from '../src/cassette/rows/interaction-row.js';
import {mergeFacts} from '../src/cassette/rows/merge-facts.js';
import type {StoredInteraction} from '../src/cassette/rows/stored-cassette.js';
import {takeRow} from '../src/cassette/rows/take-row.js';
import type {Take} from '../src/cassette/take.js';
import {replaceAttachments} from '../src/chat/attachments.js';
import type {AnswerChunk} from '../src/chat/chunk.js';
import {parseJson} from '../src/chat/json.js';
import {createOpenai} from '../src/dialects/openai/index.js';
import {RetakeError} from '../src/errors.js';
import {type QuestionOptions, questionBody} from './question.js';

export type BenchCassette = {
  /** How many interactions it has, from number 0. */
  readonly interactions: number;
  /** The number of chunks of each answer. */
  readonly deltas: number;
  /** Milliseconds between two chunks. */
  readonly gap?: number;
  /** Every n-th answer has a different text. */
  readonly changedEvery?: number;
  readonly question?: QuestionOptions;
};

/** Writes a cassette that answers the questions 0, 1, … with about 370 characters, and at least four for each chunk. */
export async function writeCassette(path: string, options: BenchCassette): Promise<void> {
  const {interactions, deltas, gap = 10, changedEvery = Infinity, question} = options;
  const ids = Array.from({length: interactions}, (_, number) => ({
    number,
    id: readQuestion(number, question).id,
  }));
  ids.sort((a, b) => (a.id < b.id ? -1 : 1));
  const takes = {usual: answerOf(deltas, gap, 'x'), changed: answerOf(deltas, gap, 'y')};
  const paths = cassettePaths(path);
  createSidecarFolder(paths);
  await replaceCommittedFile(paths, {
    keySettings: defaultKeySettings,
    interactions: (function* (): Iterable<StoredInteraction> {
      for (const {number} of ids) {
        const {id, key, request} = readQuestion(number, question);
        yield {
          id,
          row: {
            key,
            request,
            takes: [takeRow(key, number % changedEvery === changedEvery - 1 ? takes.changed : takes.usual)],
          },
        };
      }
    })(),
    facts: mergeFacts(undefined, noFactRows()),
  });
}

const openai = createOpenai({
  now: Date.now,
  localModel: () => undefined,
  send: () => Promise.reject(new Error('There is no proxy')),
});
const {viewOf} = createViewer(defaultKeySettings);

function readQuestion(number: number, options?: QuestionOptions) {
  const endpoint = openai.endpoints['chatCompletions'];
  if (endpoint?.kind !== 'question')
    throw new RetakeError('internal', 'The OpenAI dialect has no chat completions');
  const body = parseJson(questionBody(number, options));
  const wire = {params: {}, query: new URLSearchParams(), headers: {}, path: '/v1/chat/completions', body};
  const request = canonicalView(
    viewOf(replaceAttachments(endpoint.decodeRequest(wire).request, () => [])).view,
  );
  const key = keyOfCanonicalText(request);
  return {id: interactionId(key), key, request};
}

function answerOf(deltas: number, gap: number, letter: string): Take {
  const answeredBy = {model: 'gemma-3-270m-it', engine: 'b6000'};
  const length = Math.max(4, Math.ceil(370 / deltas));
  const chunks: AnswerChunk[] = Array.from({length: deltas}, (_, index) => ({
    type: 'text-delta',
    candidate: 0,
    text: `${String(index).padEnd(length - 1, letter)} `,
  }));
  const end: AnswerChunk = {
    type: 'reply-end',
    finish: [{unified: 'stop', raw: 'stop'}],
    usage: {inputTokens: 220, outputTokens: deltas},
  };
  return {
    chunks: [
      {at: 0, chunk: {type: 'reply-start', answeredBy}},
      ...[...chunks, end].map((chunk, index) => ({at: gap * index, chunk})),
    ],
    provenance: {recordedAt: 1_760_000_000_000, askedFor: 'gpt-4o-mini', ...answeredBy},
  };
}
