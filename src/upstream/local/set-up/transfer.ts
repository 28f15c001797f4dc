import {open} from 'node:fs/promises';
import {dirname} from 'node:path';
import type {Dispatcher} from 'undici';
import {requireSpace} from './disk-space.js';
import {describeFailure, responseFailure, type TransferFailure, wrongLength} from './download-failure.js';
import type {DownloadOptions} from './download-options.js';
import {fileConnection} from './follow-redirects.js';
import {partLength, readValidator, removePart, storeValidator} from './part-file.js';

export type TransferEnd = {readonly isComplete: true} | TransferFailure;

type Answer = Dispatcher.ResponseData;

/** Requests the missing rest of a file and appends it to the part. Throws only if aborted. */
export async function transfer(options: DownloadOptions): Promise<TransferEnd> {
  const {url, part, signal, stallTimeout = 60_000} = options;
  const connection = fileConnection({stallTimeout, signal});
  try {
    const have = await partLength(part);
    const answer = await connection.get(url, await rangeHeaders(part, have));
    return await receive(answer, have, options);
  } catch (error) {
    signal?.throwIfAborted();
    return describeFailure(error, options);
  } finally {
    await connection.close();
  }
}

async function rangeHeaders(part: string, have: number): Promise<Record<string, string>> {
  if (have === 0) return {};
  const validator = await readValidator(part);
  const range = `bytes=${have}-`;
  return validator === undefined ? {range} : {range, 'if-range': validator};
}

async function receive(answer: Answer, have: number, options: DownloadOptions): Promise<TransferEnd> {
  const {statusCode, headers} = answer;
  const contentRange = String(headers['content-range'] ?? '');
  switch (statusCode) {
    case 200:
      await storeValidator(options.part, headers);
      return append(answer, {from: 0, total: wholeNumber(headers['content-length'])}, options);
    case 206: {
      const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(contentRange) ?? [];
      if (wholeNumber(from) !== have) return startOver(options);
      return append(answer, {from: have, total: wholeNumber(total)}, options);
    }
    case 416: {
      const [, total] = /^bytes \*\/(\d+)$/.exec(contentRange) ?? [];
      return have > 0 && wholeNumber(total) === have ? {isComplete: true} : startOver(options);
    }
    default:
      return responseFailure(statusCode, options);
  }
}

/** The server does not continue an earlier transfer: the next one requests the whole file. */
async function startOver(options: DownloadOptions): Promise<TransferEnd> {
  await removePart(options.part);
  return describeFailure(new Error('it does not continue an interrupted download'), options);
}

async function append(
  {body}: Answer,
  {from, total}: {from: number; total: number | undefined},
  options: DownloadOptions,
): Promise<TransferEnd> {
  const {part, size, what, onProgress, signal} = options;
  if (size !== undefined && total !== undefined && total !== size) return wrongLength(total, size, options);
  const expected = total ?? size;
  if (expected !== undefined) await requireSpace(dirname(part), expected - from, what);
  let done = from;
  const report = () => onProgress({what, done, total: expected});
  report();
  const file = await open(part, from === 0 ? 'w' : 'a');
  try {
    for await (const chunk of body) {
      signal?.throwIfAborted();
      await file.writeFile(chunk);
      done += chunk.length;
      report();
      if (size !== undefined && done > size) break;
    }
  } finally {
    await file.close();
  }
  if (size !== undefined && done !== size) {
    if (done > size) await removePart(part);
    return done > size
      ? wrongLength(done, size, options)
      : describeFailure(new Error('the connection broke'), options);
  }
  return {isComplete: true};
}

function wholeNumber(text: string | string[] | undefined): number | undefined {
  return typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : undefined;
}
