import {type JsonObject, type JsonValue, parseJson, stringifyJson} from '../../../chat/json.js';
import {RetakeError} from '../../../errors.js';
import type {DialectServices, LocalEndpoint, OwnAnswer, RawRequest} from '../../dialect.js';
import {createBatchQueue} from '../../kit/batch-queue.js';
import {createBatchStore} from '../../kit/batch-store.js';
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
  readonly total: number;
  /** It grows while the batch is sent. */
  readonly results: readonly {readonly type: ResultType; readonly line: string}[];
  /** The characters of the results. */
  readonly size: number;
};

const checkCreation = checkWire(BatchCreation);
const checkRequest = checkWire(BatchRequest);

const day = 24 * 3600 * 1000;

/** The Message Batches API. A batch is sent to the proxy itself, request by request, while the client asks how far it is. */
export function batchEndpoints({
  now,
  send,
  objects,
}: Pick<DialectServices, 'now' | 'send' | 'objects'>): Readonly<Record<string, LocalEndpoint>> {
  const batches = createBatchStore<Batch>(
    {objects},
    {
      bytesOf: ({size}) => size,
      notFound: id => new RetakeError('invalid_request', `Message batch not found: ${id}`, {status: 404}),
    },
  );
  const queue = createBatchQueue({send});
  const {find, change} = batches;
  const batchOf = ({params}: RawRequest) => find(params['batch'] ?? '');

  function create(request: RawRequest): JsonObject {
    const requests = requestsIn(parseJson(request.bytes));
    const id = `msgbatch_${batches.newDigits(24)}`;
    const results: Batch['results'][number][] = [];
    const total = requests.length;
    batches.add({id, status: 'in_progress', createdAt: now(), total, results, size: 0});
    let size = 0;
    queue.add({
      from: request,
      path: '/v1/messages',
      bodies: requests.map(({params}) => ({...params, stream: false})),
      onStart: () => {},
      onAnswer(index, answer) {
        const result = resultOf(answer);
        const line = stringifyJson({custom_id: requests[index]?.custom_id ?? '', result});
        results.push({type: result.type, line});
        size += line.length;
        change(id, {size});
      },
      onEnd: () => change(id, {status: 'ended', endedAt: now()}),
      isCancelled: () => batches.get(id)?.status !== 'in_progress',
    });
    return describe(find(id), request);
  }

  function cancel(request: RawRequest): JsonObject {
    const {id, status} = batchOf(request);
    if (status === 'ended') throw fault('', `Batch ${id} has ended and cannot be canceled.`);
    if (status === 'in_progress') change(id, {status: 'canceling', cancelledAt: now()});
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
        const body = results.map(({line}) => `${line}\n`).join('');
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
  const {id, status, createdAt, endedAt, cancelledAt, total, results} = batch;
  const counted = (type: ResultType) => results.filter(result => result.type === type).length;
  const base = `http://${headers.host ?? 'localhost'}${prefix}`;
  return {
    id,
    type: 'message_batch',
    processing_status: status,
    request_counts: {
      processing: total - results.length,
      succeeded: counted('succeeded'),
      errored: counted('errored'),
      canceled: counted('canceled'),
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
