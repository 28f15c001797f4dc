import {isJsonObject} from '../../chat/json.js';
import {RetakeError} from '../../errors.js';
import {parseYaml} from './parse-yaml.js';

/** YAML is parsed into a tree of its own before it becomes values, so its files are bounded more strictly. */
const largestYaml = 32 * 1024 * 1024;

/**
 * The content of a file of another tool.
 * @throws RetakeError `invalid_request` that names the file
 */
export function parseDocument(text: string, shown: string): unknown {
  const plain = text.replace(/^\uFEFF/, '');
  if (/^\s*[{[]/.test(plain)) return parseJsonFile(plain, shown);
  if (plain.length > largestYaml) {
    throw new RetakeError(
      'invalid_request',
      `${shown} is too large: YAML of more than ${largestYaml / 1024 / 1024} MiB is not read`,
    );
  }
  try {
    return parseYaml(plain);
  } catch (error) {
    if (error instanceof RetakeError) throw new RetakeError(error.code, `${shown} ${error.message}`);
    throw error;
  }
}

/** Bodies are texts in it, so numbers of the file itself need not be exact. */
function parseJsonFile(text: string, shown: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new RetakeError('invalid_request', `${shown} is not JSON: ${oneLine(problem)}`, {cause});
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 200);
}

/** A member of what may be an object. */
export function memberOf(value: unknown, name: string): unknown {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
