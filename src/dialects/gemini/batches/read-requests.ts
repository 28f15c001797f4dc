import {isJsonObject, type JsonObject, parseJson} from '../../../chat/json.js';
import {RetakeError} from '../../../errors.js';
import {invalidArguments} from '../field-violations.js';
import type {FileStore} from '../files/keep-file.js';
import {fileIdOf, fileMissing} from '../files/uploaded-file.js';
import {parseLenientJson} from '../lenient-json.js';
import type {InputConfig} from './schema.js';

/** The request's name in errors. */
export const requestName = 'BatchGenerateContentRequest';

/** One request of a batch, and the members that its result repeats: the key of its line, or its metadata. */
export type BatchRequest = {readonly request: JsonObject; readonly repeated: JsonObject};

/** @throws RetakeError `invalid_request` or `not_found` */
export function readRequests(
  {requests, fileName = ''}: InputConfig,
  files: FileStore,
): readonly BatchRequest[] {
  const inlined = requests?.requests ?? [];
  if (inlined.length === 0 && fileName === '')
    throw invalid('batch.input_config', 'requests or file_name must be set.');
  if (fileName !== '') return readLines(fileName, files);
  return inlined.map(({request, metadata}, index) => {
    const field = `batch.input_config.requests.requests[${index}].request`;
    if (!request) throw invalid(field, 'must be set.');
    return {request, repeated: metadata ? {metadata} : {}};
  });
}

function readLines(name: string, files: FileStore): readonly BatchRequest[] {
  const id = fileIdOf(name) ?? '';
  const file = files.get(id);
  if (!file) throw fileMissing(id);
  const lines = Buffer.from(file.bytes).toString().split('\n');
  const requests = lines.flatMap((line, index) => (line.trim() === '' ? [] : [readLine(line, index + 1)]));
  if (requests.length > 0) return requests;
  throw invalid('batch.input_config.file_name', 'the file has no requests.');
}

function readLine(line: string, number: number): BatchRequest {
  const value = parseLine(line, number);
  const request = isJsonObject(value) ? value['request'] : undefined;
  if (!isJsonObject(value) || !isJsonObject(request))
    throw invalid('batch.input_config.file_name', `line ${number} has no request.`);
  const {key} = value;
  return {request, repeated: key === undefined ? {} : {key}};
}

function parseLine(line: string, number: number) {
  try {
    return parseLenientJson(Buffer.from(line));
  } catch (error) {
    if (!(error instanceof RetakeError)) throw error;
    throw invalid('batch.input_config.file_name', `line ${number} is not JSON.`);
  }
}

function invalid(field: string, description: string): RetakeError {
  return invalidArguments([{field, description}], requestName);
}

/** The result of a request: its answer, or a `google.rpc.Status`. */
export function resultOf({status, body}: {readonly status: number; readonly body: string}): JsonObject {
  const answer = parseJson(body);
  if (status < 400) return {response: answer};
  const error = isJsonObject(answer) && isJsonObject(answer['error']) ? answer['error'] : {};
  const {message = 'Unknown error', status: name} = error;
  const code = typeof name === 'string' ? codes.indexOf(name) : -1;
  return {error: {code: code === -1 ? codes.indexOf('INTERNAL') : code, message}};
}

/** `google.rpc.Code`, at the index of their numbers. */
const codes = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];
