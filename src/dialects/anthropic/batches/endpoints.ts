import {type JsonObject, type JsonValue, parseJson, stringifyJson} from '../../../chat/json.js';
import {RetakeError} from '../../../errors.js';
import type {DialectServices, LocalEndpoint, OwnAnswer, RawRequest} from '../../dialect.js';
import {createBatchQueue} from '../../kit/batch-queue.js';
import {createBatchStore, interruption} from '../../kit/batch-store.js';
import {localEndpoints} from '../../kit/local-endpoint.js';
import {checkWire} from '../check-wire.js';
import {fault} from '../invalid-value.js';
import {limitOf} from '../page-limit.js';
import {localHeaders} from '../response-headers.js';
import {BatchCreation, BatchRequest} from './schema.js';

type Status = 'in_progress' | 'canceling' | 'ended';

type ResultType = 'succeeded' | 'errored' | 'canceled';

type Batch = {
  readonly id: string;
  readonly status: Status;
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly endedAt?: number;
  readonly cancelledAt?: number;
  /** The `custom_id` of each request. */
  readonly customIds: readonly string[];
  readonly counts: Readonly<Record<ResultType, number>>;
  /** The lines of the results; empty until the batch has ended. */
  readonly results: readonly string[];
  /** The characters of the results so far. */
  readonly size: number;
};

const checkCreation = checkWire(BatchCreation);
const checkRequest = checkWire(BatchRequest);

const noResults: Batch['counts'] = {succeeded: 0, errored: 0, canceled: 0};

const day = 24 * 3600 * 1000;

/** The Message Batches API. A batch is sent to the proxy itself, request by request, while the client asks how far it is. */
export function batchEndpoints({
  now,
  send,
  objects,
}: Pick<DialectServices, 'now' | 'send' | 'objects'>): Readonly<Record<string, LocalEndpoint>> {
  const batches = createBatchStore<Batch>(
    {now, objects},
    {
      kind: 'anthropic/batches',
      bytesOf: ({size}) => size,
      notFound: id => new RetakeError('invalid_request', `Message batch not found: ${id}`, {status: 404}),
      isOver: ({status}) => status === 'ended',
      cancelled: at => ({status: 'canceling', cancelledAt: at}),
      interrupted,
    },
  );
  const queue = createBatchQueue({send, objects});
  const {find, change} = batches;
  const batchOf = ({params}: RawRequest) => find(params['batch'] ?? '');

  function create(request: RawRequest): JsonObject {
    const requests = requestsIn(parseJson(request.bytes));
    const id = `msgbatch_${batches.newDigits(24)}`;
    const customIds = requests.map(one => one.custom_id);
    const results: string[] = [];
    let counts = noResults;
    let size = 0;
    const endRun = batches.add({
      id,
      status: 'in_progress',
      createdAt: now(),
      customIds,
      counts,
      results: [],
      size,
    });
    queue.add({
      from: request,
      path: '/v1/messages',
      bodies: requests.map(({params}) => ({...params, stream: false})),
      onStart: () => {},
      onAnswer(index, answer) {
        const result = resultOf(answer);
        const line = lineOf(customIds[index] ?? '', result);
        results.push(line);
        size += line.length;
        counts = {...counts, [result.type]: counts[result.type] + 1};
        batches.progress(id, {counts, size});
      },
      onEnd() {
        endRun();
        const batch = batches.get(id);
        if (batch && batch.status !== 'ended')
          change(id, {...batch, status: 'ended', endedAt: now(), results});
      },
      onInterrupted() {
        endRun();
        const batch = batches.get(id);
        if (batch) change(id, interrupted(batch, now()));
      },
      isCancelled: () => batches.get(id)?.status !== 'in_progress',
    });
    return describe(find(id), request);
  }

  function cancel(request: RawRequest): JsonObject {
    const {id, status} = batchOf(request);
    if (status === 'ended') throw fault('', `Batch ${id} has ended and cannot be canceled.`);
    if (status === 'in_progress') batches.cancel(id);
    return describe(find(id), request);
  }

  function remove(request: RawRequest): JsonObject {
    const {id, status} = batchOf(request);
    if (status !== 'ended') throw fault('', `Batch ${id} is still being processed and cannot be deleted.`);
    batches.delete(id);
    return {id, type: 'message_batch_deleted'};
  }

  const local = localEndpoints(localHeaders);
  return {
    createBatch: local('POST', create),
    listBatches: local('GET', request => pageOf(batches.values().toReversed(), request)),
    getBatch: local('GET', request => describe(batchOf(request), request)),
    cancelBatch: local('POST', cancel),
    deleteBatch: local('DELETE', remove),
    getBatchResults: {
      kind: 'local',
      method: 'GET',
      answer(request) {
        const {id, status, results} = batchOf(request);
        if (status !== 'ended') {
          throw new RetakeError('invalid_request', `Message batch ${id} has no results yet`, {status: 404});
        }
        const body = results.map(line => `${line}\n`).join('');
        return {status: 200, headers: {'content-type': 'application/x-jsonl'}, body};
      },
    },
  };
}

function requestsIn(body: JsonValue) {
  const {requests} = checkCreation(body);
  const ids = new Set<string>();
  return requests.map((value, index) => {
    const request = checkRequest(value, `requests.${index}`);
    if (ids.has(request.custom_id)) {
      throw fault(`requests.${index}.custom_id`, `'${request.custom_id}' is not unique in this batch`);
    }
    ids.add(request.custom_id);
    return request;
  });
}

function resultOf(answer: OwnAnswer | undefined): JsonObject & {readonly type: ResultType} {
  if (!answer) return {type: 'canceled'};
  const body = parseJson(answer.body);
  return answer.status < 400 ? {type: 'succeeded', message: body} : {type: 'errored', error: body};
}

function lineOf(customId: string, result: JsonObject): string {
  return stringifyJson({custom_id: customId, result});
}

/** Its results were in the process that is gone: each request of the batch has failed. */
function interrupted({customIds}: Batch, at: number): Partial<Batch> {
  const error = {type: 'error', error: {type: 'api_error', message: interruption}, request_id: null};
  const results = customIds.map(id => lineOf(id, {type: 'errored', error}));
  const counts = {...noResults, errored: customIds.length};
  const size = results.reduce((sum, {length}) => sum + length, 0);
  return {status: 'ended', endedAt: at, results, counts, size};
}

function pageOf(newestFirst: readonly Batch[], request: RawRequest): JsonObject {
  const {query} = request;
  const limit = limitOf(query);
  const at = (name: string) => newestFirst.findIndex(({id}) => id === query.get(name));
  const end = query.has('before_id') ? Math.max(at('before_id'), 0) : newestFirst.length;
  const window = newestFirst.slice(query.has('after_id') ? at('after_id') + 1 : 0, end);
  const page = query.has('before_id') ? window.slice(-limit) : window.slice(0, limit);
  return {
    data: page.map(batch => describe(batch, request)),
    has_more: page.length < window.length,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

function describe(batch: Batch, {headers, prefix = ''}: RawRequest): JsonObject {
  const {id, status, createdAt, endedAt, cancelledAt, customIds, counts} = batch;
  const {succeeded, errored, canceled} = counts;
  const base = `http://${headers.host ?? 'localhost'}${prefix}`;
  return {
    id,
    type: 'message_batch',
    processing_status: status,
    request_counts: {
      processing: customIds.length - succeeded - errored - canceled,
      succeeded,
      errored,
      canceled,
      expired: 0,
    },
    created_at: iso(createdAt),
    expires_at: iso(createdAt + day),
    ended_at: iso(endedAt),
    cancel_initiated_at: iso(cancelledAt),
    archived_at: null,
    results_url: status === 'ended' ? `${base}/v1/messages/batches/${id}/results` : null,
  };
}

function iso(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
