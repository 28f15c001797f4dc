import {readFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {text} from 'node:stream/consumers';
import {Option} from 'commander';
import {cassetteFilesAt} from '../../src/cassette/file/cassette-files-at.js';
import {addressOf, isStoreAddress, parseStoreAddress} from '../../src/cassette/postgres/store-address.js';
import {parseJson} from '../../src/chat/json.js';
import {guessPath} from '../../src/dialects/guess-path.js';
import {builtInDialects} from '../../src/dialects/registry.js';
import {RetakeError} from '../../src/errors.js';

/** How the API of a request in a file is named, if its body does not show it. */
export type RequestFlags = {readonly dialect?: string; readonly path?: string};

export function dialectOption(): Option {
  return new Option('--dialect <api>', 'API of the request, if the body is ambiguous').choices(
    builtInDialects.map(({name}) => name),
  );
}

/** The body of a request in a file, or on stdin for `-`, and the path that it is sent to. */
export async function readRequest(
  file: string,
  {dialect, path}: RequestFlags,
  directory: string,
): Promise<{readonly path: string; readonly body: Uint8Array}> {
  const body = await read(file, directory);
  const dialects = builtInDialects.filter(({name}) => dialect === undefined || name === dialect);
  const target = path ?? guessPath(dialects, parseJson(body));
  if (target !== undefined) return {path: target, body: Buffer.from(body)};
  const anyOf = new Intl.ListFormat('en', {type: 'disjunction'});
  throw new RetakeError('invalid_setting', `The body in ${file} does not show which API it is meant for`, {
    hint: `Name it with --dialect ${anyOf.format(builtInDialects.map(({name}) => name))}, or with --path PATH.`,
  });
}

/** The file of a cassette: the configured one itself, or the one of that name in the configured folder. */
export function fileOf(cassette: string, name: string): string {
  if (isStoreAddress(cassette)) return addressOf(parseStoreAddress(cassette), name);
  const files = cassetteFilesAt(cassette) ?? [];
  return files[0] === cassette || cassette.endsWith('.cassette')
    ? cassette
    : join(cassette, `${name}.cassette`);
}

async function read(file: string, directory: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  try {
    return readFileSync(resolve(directory, file), 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RetakeError('not_found', `The request ${file} cannot be read: ${reason}`, {cause});
  }
}
