import {buffer} from 'node:stream/consumers';
import {Dicer} from '@fastify/busboy';
import {RetakeError} from '../../../errors.js';

export type BodyPart = {readonly contentType: string | undefined; readonly bytes: Uint8Array};

/** The maximum number of parts: a metadata part and the content. A body of thousands is an attack. */
const mostParts = 10;

/**
 * The parts of a multipart body (RFC 2387), in order.
 * @throws RetakeError `invalid_request`
 */
export async function parseMultipart(bytes: Uint8Array, contentType: string): Promise<readonly BodyPart[]> {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw malformed('its content-type names no boundary');
  return new Promise((resolve, reject) => {
    const parts: Promise<BodyPart>[] = [];
    const parser = new Dicer({boundary});
    parser.on('part', part => {
      if (parts.length === mostParts) {
        part.resume();
        return reject(malformed(`it has more than ${mostParts} parts`));
      }
      let type: string | undefined;
      part.on('header', header => {
        type = firstOf(header, 'content-type');
      });
      parts.push(buffer(part).then(content => ({contentType: type, bytes: content})));
    });
    parser.on('error', cause => reject(malformed('it ends before its last boundary', cause)));
    parser.on('finish', () => {
      Promise.all(parts).then(resolve, cause => reject(malformed('a part of it cannot be read', cause)));
    });
    parser.end(bytes);
  });
}

/** Dicer gives a header's values as a list under its name in lower case. */
function firstOf(header: object, name: string): string | undefined {
  const values: unknown = Object.entries(header).find(([key]) => key === name)?.[1];
  return Array.isArray(values) && typeof values[0] === 'string' ? values[0] : undefined;
}

function malformed(reason: string, cause?: unknown): RetakeError {
  return new RetakeError('invalid_request', `Expected a multipart/related body, but ${reason}`, {cause});
}
