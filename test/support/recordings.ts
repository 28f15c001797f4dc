import type {Recording} from '../../src/cassette/cassette.js';
import type {MatchingView} from '../../src/cassette/key/key.js';
import {type CassetteKey, cassetteKey} from '../../src/cassette/key/key.js';
import {errorChunks} from '../../src/cassette/replay/error-take.js';
import type {Take} from '../../src/cassette/take.js';
import type {AnswerChunk} from '../../src/chat/chunk.js';
import {codeOfStatus, rawEnd} from '../../src/chat/wire.js';

export function viewOf(question: string): MatchingView {
  return {operation: 'chat', turns: [{parts: [{text: question, type: 'text'}], role: 'user'}]};
}

export function keyOf(question: string): CassetteKey {
  return cassetteKey(viewOf(question));
}

/** A take that streamed its text in the given pieces, 10 ms apart. */
export function takeOf(pieces: string | readonly string[], recordedAt = 1_760_000_000_000): Take {
  const deltas = (typeof pieces === 'string' ? [pieces] : pieces).map(
    (text): AnswerChunk => ({type: 'text-delta', candidate: 0, text}),
  );
  const end: AnswerChunk = {
    type: 'reply-end',
    finish: [{unified: 'stop', raw: 'stop'}],
    usage: {inputTokens: 5, outputTokens: 3},
  };
  return {
    chunks: [
      {at: 80, chunk: {type: 'reply-start', answeredBy: {model: 'gemma-3-270m-it', engine: 'b6000'}}},
      ...[...deltas, end].map((chunk, index) => ({at: 90 + 10 * index, chunk})),
    ],
    provenance: {recordedAt, askedFor: 'gemini-2.5-flash', model: 'gemma-3-270m-it', engine: 'b6000'},
  };
}

export function recordingOf(question: string, take: Take | string, replaces?: number): Recording {
  return {
    key: keyOf(question),
    view: viewOf(question),
    take: typeof take === 'string' ? takeOf(take) : take,
    ...(replaces !== undefined && {replaces}),
  };
}

export function textOf(take: Take | undefined): string | undefined {
  return take?.chunks.map(({chunk}) => (chunk.type === 'text-delta' ? chunk.text : '')).join('');
}

/** A take with the bytes of its provider, text or not; a raw one is nothing else. */
export function wireTakeOf(
  bytes: Uint8Array | string,
  {isRaw = false}: {readonly isRaw?: boolean} = {},
): Take {
  const {chunks, provenance} = takeOf('Hello');
  const body = Buffer.from(bytes);
  const raw: Take['chunks'] = [chunks[0], {at: 200, chunk: rawEnd}];
  return {
    chunks: isRaw ? raw : chunks,
    provenance,
    wire: {
      dialect: 'openai',
      endpoint: isRaw ? '' : 'chatCompletions',
      delivery: isRaw ? 'raw' : 'stream',
      status: 200,
      headers: {'content-type': 'text/event-stream'},
      pieces: [
        {at: 90, bytes: body.subarray(0, 3)},
        {at: 95, bytes: body.subarray(3)},
      ],
    },
  };
}

/** An error in place of an answer, with the bytes of its provider or without. */
export function errorTakeOf(status: number, bytes?: string): Take {
  const {provenance} = takeOf('');
  const [first, end] = errorChunks('api.openai.com', 120);
  return {
    chunks: end ? [first, end] : [first],
    provenance: {...provenance, model: 'api.openai.com'},
    ...(bytes !== undefined && {
      wire: {
        ...{dialect: 'openai', endpoint: 'chat', delivery: 'unary', status},
        headers: {'content-type': 'application/json'},
        pieces: [{at: 120, bytes: Buffer.from(bytes)}],
      },
    }),
    error: {
      ...{status, code: codeOfStatus(status), message: `Error ${status}`},
      headers: {'retry-after': '7'},
    },
  };
}
