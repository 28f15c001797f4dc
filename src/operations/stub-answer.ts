import {STATUS_CODES} from 'node:http';
import {fetch} from 'undici';
import {openCassetteFile} from '../cassette/file/open-cassette-file.js';
import type {CassetteKey} from '../cassette/key/key.js';
import {createStoredRedactor} from '../cassette/key/redact-stored.js';
import {errorAnswer} from '../cassette/replay/error-take.js';
import type {TakeAnswer} from '../cassette/take.js';
import {handWritten} from '../cassette/written-by-hand.js';
import type {AnswerChunk} from '../chat/chunk.js';
import {isJsonObject, parseJson} from '../chat/json.js';
import type {ModelRequest} from '../chat/request.js';
import {codeOfStatus} from '../chat/wire.js';
import {RetakeError, toRetakeError} from '../errors.js';
import {createProxy} from '../proxy/create-proxy.js';
import type {ProxyOptions} from '../proxy/proxy-options.js';
import type {Upstream} from '../upstream/upstream.js';

/** An answer that a person writes. `arguments` are the text of a JSON object. */
export type WrittenAnswer =
  | {readonly kind: 'text'; readonly text: string}
  | {
      readonly kind: 'tool-calls';
      readonly calls: readonly {readonly name: string; readonly arguments: string}[];
    }
  | {
      readonly kind: 'error';
      /** From 400 to 599. */
      readonly status: number;
      /** Default: the name of the status. */
      readonly message?: string | undefined;
      /** Seconds, for the header `retry-after`. */
      readonly retryAfter?: number | undefined;
    };

export type StubOptions = {
  readonly proxy: Omit<ProxyOptions, 'mode' | 'upstream' | 'onExchange' | 'faults'>;
  readonly path: string;
  readonly body: Uint8Array;
  readonly answer: WrittenAnswer;
  /** The path of each cassette's file by its name. */
  readonly fileOf: (name: string) => string;
  /** The clock, in Unix milliseconds. */
  readonly now?: () => number;
};

export type StubResult = {
  readonly cassette: string;
  readonly key: CassetteKey;
  /** How many takes (recorded answers) the request has now. */
  readonly takes: number;
  /** Whether the answer is a new take; false if the request has the same one. */
  readonly isNew: boolean;
};

/**
 * Adds an answer, or an error, to a request that a person wrote. The request goes through a proxy of its own, as a client's would, so that its key, its
 * attachments and its secrets are treated alike.
 * @throws RetakeError `invalid_request` when the request would be refused, or cannot have such an answer
 */
export async function stubAnswer(options: StubOptions): Promise<StubResult> {
  const {answer, fileOf, now = Date.now} = options;
  const {cassette, key, outcome} = await sendToAuthor(options);
  const path = fileOf(cassette);
  const file = await openCassetteFile({path, writable: true});
  try {
    const found = await file.find(key);
    if (!found) throw new RetakeError('not_found', `The answer is not in ${path}`);
    if (outcome === 'recorded') return {cassette, key, takes: found.takes.length, isNew: true};
    const [first] = found.takes;
    const request: unknown = found.view;
    const {redactAnswer} = createStoredRedactor(file.keySettings.redact)(found.view);
    const take = {
      ...redactAnswer(takeAnswer(request as ModelRequest, answer)),
      provenance: {recordedAt: now(), askedFor: first.provenance.askedFor, model: handWritten},
    };
    await file.add({key, view: found.view, take});
    const takes = (await file.find(key))?.takes.length ?? 0;
    return {cassette, key, takes, isNew: takes > found.takes.length};
  } finally {
    await file.close();
  }
}

type Sent = {readonly cassette: string; readonly key: CassetteKey; readonly outcome: 'recorded' | 'hit'};

/** Sends the request to a proxy whose model is the author. A request with a recording gets that. */
async function sendToAuthor({proxy: options, path, body, answer}: StubOptions): Promise<Sent> {
  const author = authorOf(answer);
  const proxy = await createProxy({
    ...options,
    mode: 'auto',
    recordErrors: true,
    upstream: author.upstream,
  });
  try {
    const address = await proxy.listen();
    const headers = {'content-type': 'application/json'};
    const response = await fetch(`${address}${path}`, {method: 'POST', body, headers});
    const text = await response.text();
    const problem = author.problem();
    if (problem) throw problem;
    const key = response.headers.get('x-retake-key');
    const outcome = response.headers.get('x-retake');
    if (key !== null && (outcome === 'recorded' || outcome === 'hit')) {
      const cassette = decodeURIComponent(response.headers.get('x-retake-cassette') ?? '');
      return {cassette, key: key as CassetteKey, outcome};
    }
    throw new RetakeError(
      'invalid_request',
      `The request is refused with ${response.status}: ${text.trim()}`,
      {hint: 'Check the request, or name its API with the option `dialect` or the option `path`.'},
    );
  } finally {
    await proxy.close();
  }
}

function authorOf(answer: WrittenAnswer): {
  readonly upstream: Upstream;
  problem(): RetakeError | undefined;
} {
  let problem: RetakeError | undefined;
  return {
    problem: () => problem,
    upstream: {
      modelName: handWritten,
      state: {phase: 'ready', name: handWritten, detail: ''},
      start: () => undefined,
      ready: async () => undefined,
      close: async () => undefined,
      async *model(request) {
        if (answer.kind === 'error') throw writtenError(answer);
        try {
          yield* answerChunks(request, answer);
        } catch (error) {
          problem = toRetakeError(error);
          throw error;
        }
      },
    },
  };
}

function writtenError({status, message, retryAfter}: WrittenAnswer & {kind: 'error'}): RetakeError {
  return new RetakeError(codeOfStatus(status), message ?? STATUS_CODES[status] ?? `HTTP ${status}`, {
    status,
    headers: retryAfter === undefined ? undefined : {'retry-after': String(retryAfter)},
    answered: {status, by: handWritten},
  });
}

function takeAnswer(request: ModelRequest, answer: WrittenAnswer): TakeAnswer {
  if (answer.kind === 'error') {
    const error = errorAnswer(writtenError(answer), 0);
    if (error) return error;
    throw new RetakeError('internal', 'An error that was written is none of an upstream');
  }
  const [start, ...rest] = answerChunks(request, answer);
  return {chunks: [{at: 0, chunk: start}, ...rest.map(chunk => ({at: 0, chunk}))]};
}

/** The answer to the request, once for each candidate. */
function answerChunks(
  request: ModelRequest,
  answer: Exclude<WrittenAnswer, {kind: 'error'}>,
): readonly [AnswerChunk, ...AnswerChunk[]] {
  const count = candidatesOf(request);
  if (answer.kind === 'tool-calls') checkCalls(request, answer.calls);
  const unified = answer.kind === 'text' ? 'stop' : 'tool-calls';
  const finish = {unified, raw: unified} as const;
  return [
    {type: 'reply-start', answeredBy: {model: handWritten}},
    ...Array.from({length: count}, (_, candidate) => contentOf(answer, candidate)).flat(),
    {type: 'reply-end', finish: [finish, ...Array(count - 1).fill(finish)]},
  ];
}

function candidatesOf(request: ModelRequest): number {
  switch (request.operation) {
    case 'chat':
      return request.candidates ?? 1;
    case 'complete':
      return (request.candidates ?? 1) * request.prompts.length;
    default:
      throw new RetakeError(
        'invalid_request',
        `Expected a request that a text answers, got one for the operation ${request.operation}`,
      );
  }
}

function contentOf(
  answer: Exclude<WrittenAnswer, {kind: 'error'}>,
  candidate: number,
): readonly AnswerChunk[] {
  if (answer.kind === 'text') return [{type: 'text-delta', candidate, text: answer.text}];
  return answer.calls.flatMap(({name, arguments: text}, call): AnswerChunk[] => [
    {type: 'tool-call-start', candidate, call, name},
    {type: 'tool-call-delta', candidate, call, text},
  ]);
}

function checkCalls(request: ModelRequest, calls: readonly {name: string; arguments: string}[]): void {
  const tools = request.operation === 'chat' ? (request.tools ?? []) : [];
  const names = tools.map(({name}) => name);
  for (const {name, arguments: text} of calls) {
    if (!names.includes(name)) {
      throw new RetakeError(
        'invalid_request',
        `The request has no tool ${JSON.stringify(name)}: it has ${names.length === 0 ? 'none' : names.join(', ')}`,
      );
    }
    if (!isObjectText(text)) {
      throw new RetakeError(
        'invalid_request',
        `Expected the arguments of ${name} to be a JSON object, got ${JSON.stringify(text)}`,
      );
    }
  }
}

function isObjectText(text: string): boolean {
  try {
    return isJsonObject(parseJson(text));
  } catch {
    // The caller says what was expected.
    return false;
  }
}
