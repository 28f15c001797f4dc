import {isJsonObject, type JsonValue, parseJson} from '../../../chat/json.js';

export type BatchLine = {readonly customId: string; readonly body: JsonValue};

/** Why a batch cannot be run, as the API lists it. */
export type LineError = {
  readonly code: string;
  readonly line: number | null;
  readonly message: string;
  readonly param: string | null;
};

export type BatchInput = {readonly lines: readonly BatchLine[]; readonly errors: readonly LineError[]};

/** The requests in an input file: a JSON object on each line. */
export function readLines(bytes: Uint8Array, endpoint: string): BatchInput {
  const lines: BatchLine[] = [];
  const errors: LineError[] = [];
  const ids = new Set<string>();
  const texts = new TextDecoder().decode(bytes).split(/\r?\n/);
  for (const [index, text] of texts.entries()) {
    if (text.trim() === '') continue;
    const fail = (code: string, message: string, param: string | null = null) =>
      errors.push({code, line: index + 1, message, param});
    const value = jsonIn(text);
    if (!isJsonObject(value)) {
      fail('invalid_json_line', 'This line is not parseable as valid JSON.');
      continue;
    }
    const {custom_id: customId, method, url, body} = value;
    if (typeof customId !== 'string' || customId === '') {
      fail('missing_required_parameter', "Missing required parameter: 'custom_id'.", 'custom_id');
    } else if (ids.has(customId)) {
      fail('duplicate_custom_id', `The custom_id '${customId}' is used more than once.`, 'custom_id');
    } else if (method !== 'POST') {
      fail('invalid_method', "The method of a request must be 'POST'.", 'method');
    } else if (url !== endpoint) {
      fail('mismatched_endpoint', `The url of a request must be that of its batch, '${endpoint}'.`, 'url');
    } else if (!isJsonObject(body)) {
      fail('missing_required_parameter', "Missing required parameter: 'body'.", 'body');
    } else {
      ids.add(customId);
      lines.push({customId, body});
    }
  }
  if (lines.length === 0 && errors.length === 0) {
    errors.push({code: 'empty_file', line: null, message: 'The input file is empty.', param: null});
  }
  return {lines, errors};
}

function jsonIn(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    // Reported with its line.
    return undefined;
  }
}
