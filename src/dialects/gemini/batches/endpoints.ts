import {type JsonObject, stringifyJson} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {RetakeError} from '../../../errors.js';
import type {DialectServices, LocalEndpoint, RawRequest} from '../../dialect.js';
import {createBatchQueue} from '../../kit/batch-queue.js';
import {createBatchStore, interruption} from '../../kit/batch-store.js';
import {localEndpoints} from '../../kit/local-endpoint.js';
import {within} from '../field-violations.js';
import {type FileStore, keepFile} from '../files/keep-file.js';
import {parseLenientJson} from '../lenient-json.js';
import {checkModelName} from '../model-name.js';
import {pageOf, pageParameters} from '../page.js';
import {decodeProtoJson} from '../proto-json.js';
import {decodeAlt} from '../query-parameters.js';
import {jsonHeaders} from '../response-headers.js';
import {encodeTimestamp} from '../timestamp.js';
import {readRequests, requestName, resultOf} from './read-requests.js';
import {CreateBatch} from './schema.js';

type Kind = 'GenerateContentBatch' | 'EmbedContentBatch';

type Batch = {
  readonly id: string;
  readonly kind: Kind;
  readonly model: string;
  readonly displayName: string;
  readonly state: 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly endedAt?: number;
  readonly total: number;
  readonly counts: {readonly answered: number; readonly failed: number};
  /** Empty until all requests are answered. */
  readonly results: readonly JsonObject[];
  /** The characters of the results so far as JSON. */
  readonly size: number;
  /** The file with the results of a batch whose requests came from a file. */
  readonly responsesFile?: string;
  /** Why it failed, as a `google.rpc.Status`. */
  readonly error?: JsonObject;
};

const methods = {GenerateContentBatch: 'generateContent', EmbedContentBatch: 'embedContent'} as const;
/** `google.rpc.Code` */
const resourceExhausted = 8;
const unavailable = 14;
const pageLimits = {usual: 10, most: 100};

/** The Batch API. A batch is sent to the proxy itself, request by request, while the client asks how far it is. */
export function batchEndpoints(
  files: FileStore,
  {now, send, objects}: DialectServices,
): Readonly<Record<string, LocalEndpoint>> {
  const batches = createBatchStore<Batch>(
    {now, objects},
    {
      kind: 'gemini/batches',
      bytesOf: ({size}) => size,
      notFound: () => new RetakeError('not_found', 'Requested entity was not found.', {status: 404}),
      isOver: ({endedAt}) => endedAt !== undefined,
      cancelled: at => ({state: 'CANCELLED', endedAt: at, updatedAt: at}),
      interrupted: (_, at) => interrupted(at),
    },
  );
  const queue = createBatchQueue({send, objects});
  const named = ({params}: RawRequest) => batches.find(params['batch'] ?? '');
  const change = (id: string, members: Partial<Batch>) => batches.change(id, {...members, updatedAt: now()});
  const isOver = (id: string) => batches.get(id)?.endedAt !== undefined || !batches.get(id);

  function create(request: RawRequest, kind: Kind): JsonObject {
    const {batch = {}} = within({request: requestName}, () =>
      decodeProtoJson(CreateBatch, parseLenientJson(request.bytes)),
    );
    const {displayName = '', inputConfig = {}} = batch;
    const model = checkModelName(request.params['model'] ?? '', requestName);
    const requests = readRequests(inputConfig, files);
    const id = batches.newDigits(24);
    const at = now();
    const times = {createdAt: at, updatedAt: at};
    const results: JsonObject[] = [];
    const counts = {answered: 0, failed: 0};
    const none = {total: requests.length, counts, results: [], size: 0};
    const endRun = batches.add({id, kind, model, displayName, state: 'PENDING', ...times, ...none});
    let size = 0;
    queue.add({
      from: request,
      path: pathOf(model, kind, request.query),
      bodies: requests.map(each => each.request),
      onStart() {
        if (!isOver(id)) change(id, {state: 'RUNNING'});
      },
      onAnswer(index, answer) {
        if (!answer) return;
        const result = {...requests[index]?.repeated, ...resultOf(answer)};
        results.push(result);
        size += stringifyJson(result).length;
        counts.answered++;
        if (result['error'] !== undefined) counts.failed++;
        batches.progress(id, {counts: {...counts}, size, updatedAt: now()});
      },
      onEnd() {
        endRun();
        const batch = batches.get(id);
        if (!batch) return;
        // One that was cancelled stays as it is shown.
        if (batch.endedAt !== undefined) batches.change(id, batch);
        else change(id, ended(id, results, (inputConfig.fileName ?? '') !== ''));
      },
      onInterrupted() {
        endRun();
        if (!isOver(id)) change(id, interrupted(now()));
      },
      isCancelled: () => isOver(id),
    });
    return describe(batches.find(id));
  }

  function ended(id: string, results: readonly JsonObject[], writesFile: boolean): Partial<Batch> {
    const output: Pick<Batch, 'responsesFile' | 'error'> = writesFile ? keepResults(id, results) : {};
    return {state: output.error ? 'FAILED' : 'SUCCEEDED', endedAt: now(), results, ...output};
  }

  /** The file with the results; an error if no room is left for it. */
  function keepResults(id: string, results: readonly JsonObject[]): Pick<Batch, 'responsesFile' | 'error'> {
    const text = results.map(result => `${stringifyJson(result)}\n`).join('');
    const metadata = {name: `files/batch-${id}`, displayName: `batch-${id}`, mimeType: 'application/jsonl'};
    try {
      return {responsesFile: `files/${keepFile(Buffer.from(text), metadata, {files, now: now()}).id}`};
    } catch (error) {
      if (!(error instanceof RetakeError)) throw error;
      return {error: {code: resourceExhausted, message: error.message}};
    }
  }

  function cancel(request: RawRequest): JsonObject {
    const {id, state} = named(request);
    if (state === 'SUCCEEDED' || state === 'FAILED')
      throw new RetakeError('invalid_request', `The batch batches/${id} has ended and cannot be cancelled.`);
    if (state !== 'CANCELLED') batches.cancel(id);
    return {};
  }

  const answering = localEndpoints(jsonHeaders);
  const local = (
    method: LocalEndpoint['method'],
    answer: (request: RawRequest) => JsonObject,
    parameters: readonly string[] = [],
  ) =>
    answering(method, request => {
      decodeAlt(request.query, ['json'], parameters);
      return answer(request);
    });
  return {
    createBatch: local('POST', request => create(request, 'GenerateContentBatch')),
    createEmbeddingBatch: local('POST', request => create(request, 'EmbedContentBatch')),
    getBatch: local('GET', request => describe(named(request))),
    listBatches: local(
      'GET',
      ({query}) => {
        const {items, nextPageToken} = pageOf(batches.numbered(), query, pageLimits, 'ListBatchesRequest');
        return omitUndefined({operations: items.map(describe), nextPageToken});
      },
      pageParameters,
    ),
    cancelBatch: local('POST', cancel),
    deleteBatch: local('DELETE', request => {
      batches.delete(named(request).id);
      return {};
    }),
  };
}

/** The members of a batch whose process is gone. */
function interrupted(at: number): Partial<Batch> {
  return {state: 'FAILED', endedAt: at, updatedAt: at, error: {code: unavailable, message: interruption}};
}

/** With the client's key, where it is part of the path. */
function pathOf(model: string, kind: Kind, query: URLSearchParams): string {
  const name = model.includes('/') ? model : `models/${model}`;
  const key = query.get('key');
  const credential = key === null ? '' : `?${new URLSearchParams({key})}`;
  return `/v1beta/${name}:${methods[kind]}${credential}`;
}

const types = 'type.googleapis.com/google.ai.generativelanguage.v1main';

/** A batch as a long-running operation. */
function describe(batch: Batch): JsonObject {
  const {id, kind, model, displayName, state, createdAt, updatedAt, endedAt, total, counts} = batch;
  const name = `batches/${id}`;
  const {answered, failed} = counts;
  const output = state === 'SUCCEEDED' ? outputOf(batch) : undefined;
  const metadata = omitUndefined({
    '@type': `${types}.${kind}`,
    name,
    model: model.includes('/') ? model : `models/${model}`,
    displayName: displayName === '' ? undefined : displayName,
    state: `BATCH_STATE_${state}`,
    createTime: encodeTimestamp(createdAt),
    updateTime: encodeTimestamp(updatedAt),
    endTime: endedAt === undefined ? undefined : encodeTimestamp(endedAt),
    // ProtoJSON writes 64-bit integers as strings.
    batchStats: {
      requestCount: String(total),
      successfulRequestCount: String(answered - failed),
      failedRequestCount: String(failed),
      pendingRequestCount: String(total - answered),
    },
    output,
  });
  const response = output && {'@type': `${types}.${kind}Output`, ...output};
  const done = endedAt === undefined ? undefined : true;
  return omitUndefined({name, metadata, done, error: batch.error, response});
}

function outputOf({kind, results, responsesFile}: Batch): JsonObject {
  if (responsesFile !== undefined) return {responsesFile};
  const member = kind === 'GenerateContentBatch' ? 'inlinedResponses' : 'inlinedEmbedContentResponses';
  return {[member]: {inlinedResponses: results}};
}
