import {createHash} from 'node:crypto';
import {type JsonObject, type JsonValue, parseJson, stringifyJson} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {RetakeError} from '../../../errors.js';
import type {DialectServices, LocalEndpoint, OwnAnswer, RawRequest} from '../../dialect.js';
import {createBatchQueue} from '../../kit/batch-queue.js';
import {createBatchStore, interruption} from '../../kit/batch-store.js';
import {localEndpoints} from '../../kit/local-endpoint.js';
import {checkWire} from '../check-wire.js';
import type {FileStore} from '../files/file-store.js';
import {pageOf} from '../list-page.js';
import {headersFor} from '../response-headers.js';
import {readLines} from './read-lines.js';
import {BatchCreation} from './schema.js';

/** A batch as the API shows it. */
type Batch = JsonObject & {readonly id: string; readonly status: string};

/** The states of a batch that has not ended. */
const unfinished = new Set(['validating', 'in_progress', 'cancelling']);

const checkCreation = checkWire(BatchCreation);
const paging = {order: 'desc', limit: 20, maxLimit: 100} as const;

/** The Batch API. A batch is sent to the proxy itself, request by request, while the client asks how far it is. */
export function batchEndpoints(
  files: FileStore,
  {now, send, objects}: Pick<DialectServices, 'now' | 'send' | 'objects'>,
): Readonly<Record<string, LocalEndpoint>> {
  const batches = createBatchStore<Batch>(
    {now, objects},
    {
      kind: 'openai/batches',
      // Its results are files.
      bytesOf: () => 0,
      notFound: id => new RetakeError('invalid_request', `No batch found with id '${id}'.`, {status: 404}),
      isOver: ({status}) => !unfinished.has(status),
      cancelled: at => ({status: 'cancelling', cancelling_at: Math.floor(at / 1000)}),
      interrupted: (_, at) => failed([{code: 'batch_interrupted', message: interruption}], at),
    },
  );
  const queue = createBatchQueue({send, objects});
  const seconds = () => Math.floor(now() / 1000);
  const {find, change, progress} = batches;
  const batchOf = ({params: {batch: id = ''}}: RawRequest) => find(id);

  function create(request: RawRequest): Batch {
    const body = checkCreation(parseJson(request.bytes));
    const {bytes} = files.get(body.input_file_id, 'input_file_id');
    const {lines, errors} = readLines(bytes, body.endpoint);
    const id = `batch_${batches.newDigits(32)}`;
    const at = seconds();
    const total = lines.length;
    const endRun = batches.add({
      id,
      object: 'batch',
      endpoint: body.endpoint,
      errors: null,
      input_file_id: body.input_file_id,
      completion_window: body.completion_window,
      status: 'validating',
      created_at: at,
      expires_at: at + 24 * 3600,
      request_counts: {total, completed: 0, failed: 0},
      metadata: body.metadata ?? null,
    });
    if (errors.length > 0) {
      endRun();
      change(id, failed(errors, now()));
      return find(id);
    }
    const results = new BatchResults(id);
    queue.add({
      from: request,
      path: body.endpoint,
      bodies: lines.map(line => line.body),
      onStart: () => {
        if (batches.get(id)?.status === 'validating')
          change(id, {status: 'in_progress', in_progress_at: seconds()});
      },
      onAnswer(index, answer) {
        results.add(lines[index]?.customId ?? '', answer);
        progress(id, {request_counts: {total, ...results.counts}});
      },
      onEnd() {
        endRun();
        const status = batches.get(id)?.status;
        if (status === undefined || !unfinished.has(status)) return;
        const output = results.keepIn(files);
        const at = seconds();
        if (status === 'cancelling')
          change(id, {...batches.get(id), status: 'cancelled', cancelled_at: at, ...output});
        else change(id, {status: 'completed', finalizing_at: at, completed_at: at, ...output});
      },
      onInterrupted() {
        endRun();
        change(id, failed([{code: 'batch_interrupted', message: interruption}], now()));
      },
      isCancelled: () => !['validating', 'in_progress'].includes(batches.get(id)?.status ?? ''),
    });
    return find(id);
  }

  function cancel(request: RawRequest): Batch {
    const {id, status} = batchOf(request);
    if (!unfinished.has(status)) {
      throw new RetakeError('invalid_request', `Cannot cancel a batch with status '${status}'.`, {
        status: 409,
      });
    }
    if (status !== 'cancelling') batches.cancel(id);
    return batchOf(request);
  }

  const local = localEndpoints(headersFor);
  return {
    createBatch: local('POST', create),
    listBatches: local('GET', ({query}) => pageOf(batches.values(), query, paging)),
    getBatch: local('GET', batchOf),
    cancelBatch: local('POST', cancel),
  };
}

/** The members of a batch that failed at a time, in Unix milliseconds. */
function failed(errors: readonly JsonObject[], at: number): Partial<Batch> {
  const data = errors.map(error => ({line: null, param: null, ...error}));
  return {status: 'failed', failed_at: Math.floor(at / 1000), errors: {object: 'list', data}};
}

/** What came of the requests of a batch: the lines of its two files. */
class BatchResults {
  readonly #batch: string;
  readonly #answered: string[] = [];
  readonly #failed: string[] = [];

  constructor(batch: string) {
    this.#batch = batch;
  }

  get counts(): {readonly completed: number; readonly failed: number} {
    return {completed: this.#answered.length, failed: this.#failed.length};
  }

  add(customId: string, answer: OwnAnswer | undefined): void {
    const place = this.#answered.length + this.#failed.length;
    const digest = createHash('sha256').update(`${this.#batch}\n${place}`).digest('hex').slice(0, 24);
    const line = (response: JsonValue, error: JsonValue) =>
      stringifyJson({id: `batch_req_${digest}`, custom_id: customId, response, error});
    if (!answer) {
      this.#failed.push(
        line(null, {
          code: 'batch_cancelled',
          message: 'The batch was cancelled before this request was sent.',
        }),
      );
      return;
    }
    const {status, body} = answer;
    const response = {status_code: status, request_id: `req_${digest}`, body: parseJson(body)};
    (status < 400 ? this.#answered : this.#failed).push(line(response, null));
  }

  /** The files of the results, as members of the batch. */
  keepIn(files: FileStore): JsonObject {
    const keep = (lines: readonly string[], filename: string) =>
      lines.length === 0
        ? undefined
        : files.add({
            bytes: Buffer.from(`${lines.join('\n')}\n`),
            filename: `${this.#batch}_${filename}.jsonl`,
            purpose: 'batch_output',
            mediaType: 'application/jsonl',
            expiresIn: undefined,
          }).id;
    return omitUndefined({
      output_file_id: keep(this.#answered, 'output'),
      error_file_id: keep(this.#failed, 'error'),
    });
  }
}
