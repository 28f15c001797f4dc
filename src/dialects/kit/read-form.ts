import {buffer} from 'node:stream/consumers';
import {Busboy} from '@fastify/busboy';
import {RetakeError} from '../../errors.js';
import type {RequestHeaders} from '../dialect.js';

/** A decoded `multipart/form-data` form. */
export type Form = {
  readonly fields: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, FormFile>;
};

export type FormFile = {
  readonly filename: string;
  readonly mediaType: string | undefined;
  readonly bytes: Uint8Array;
};

/** @throws RetakeError `invalid_request` if the body is not a form, is truncated, or has a field twice */
export async function readForm(headers: RequestHeaders, bytes: Uint8Array): Promise<Form> {
  const contentType = headers['content-type'] ?? '';
  if (!/^multipart\/form-data\s*;/i.test(contentType)) {
    throw new RetakeError(
      'invalid_request',
      `Invalid Content-Type header (${contentType}), expected multipart/form-data. (HINT: If you're using curl, you can pass -H 'Content-Type: multipart/form-data')`,
    );
  }
  try {
    return await parseForm(contentType, bytes);
  } catch (cause) {
    if (cause instanceof RetakeError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RetakeError('invalid_request', `Could not parse multipart form: ${reason}`, {cause});
  }
}

function parseForm(contentType: string, bytes: Uint8Array): Promise<Form> {
  const fields = new Map<string, string>();
  const files = new Map<string, Promise<FormFile>>();
  return new Promise((resolve, reject) => {
    const refuseTwice = (name: string) => {
      if (fields.has(name) || files.has(name)) {
        reject(new RetakeError('invalid_request', `The form has the field '${name}' twice`, {field: name}));
      }
    };
    const form = new Busboy({headers: {'content-type': contentType}, limits: {parts: 100}});
    form.on('field', (name, value) => {
      refuseTwice(name);
      fields.set(name, value);
    });
    form.on('file', (name, stream, filename, _encoding, mediaType) => {
      refuseTwice(name);
      const read = buffer(stream).then(content => ({
        filename: filename ?? name,
        mediaType: mediaType === 'application/octet-stream' ? undefined : mediaType,
        bytes: content,
      }));
      read.catch(reject);
      files.set(name, read);
    });
    form.on('partsLimit', () => reject(new Error('it has more than 100 parts')));
    form.on('error', reject);
    form.on('finish', () => {
      Promise.all([...files].map(async ([name, file]) => [name, await file] as const)).then(
        entries => resolve({fields, files: new Map(entries)}),
        reject,
      );
    });
    form.end(bytes);
  });
}
