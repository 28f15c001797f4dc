import {hash} from 'node:crypto';
import type {Attachment} from '../chat/media.js';
import {RetakeError} from '../errors.js';
import {readDeclaredType} from '../media/declared-type.js';
import type {DetectedType} from '../media/detected-type.js';
import {imageTypeOf} from '../media/image-types.js';
import {detectType} from '../media/media-type.js';
import {notAPdf} from '../media/pdf-header.js';

/** Bytes with their detected type. */
export type Identified =
  | {
      readonly kind: 'image';
      readonly sha256: string;
      readonly mediaType: string;
      readonly bytes: Uint8Array;
    }
  | {readonly kind: 'pdf'; readonly sha256: string; readonly bytes: Uint8Array}
  | {readonly kind: 'text'; readonly text: string; readonly bytes: Uint8Array};

/**
 * Detects the type of attached bytes.
 * @throws RetakeError `invalid_request` or `not_supported` if models do not accept the type, or not in this place
 */
export async function identify(
  bytes: Uint8Array,
  declared: string | undefined,
  accepts: Attachment['accepts'],
): Promise<Identified> {
  const detected = detectType(bytes, declared);
  rejectMisplaced(bytes, {detected, declared, accepts});
  switch (detected.kind) {
    case 'image':
      return {kind: 'image', sha256: digestOf(bytes), mediaType: detected.mediaType, bytes};
    case 'pdf':
      return {kind: 'pdf', sha256: digestOf(bytes), bytes};
    case 'text': {
      const {decodeText} = await import('../media/decode-text.js');
      return {kind: 'text', text: withContent(decodeText(bytes, declared)), bytes};
    }
    default:
      throw new RetakeError(
        'not_supported',
        `Expected an image, a PDF or a text, got ${detected.mediaType ?? 'bytes of no known type'}`,
        {
          hint: 'Images as PNG, JPEG, GIF, BMP, WebP, AVIF or TIFF, PDFs, and texts in any charset can be sent.',
        },
      );
  }
}

/** The sha-256 of bytes, in hexadecimal. An array of bytes never changes, so that it is digested once. */
export function digestOf(bytes: Uint8Array): string {
  const known = digests.get(bytes);
  if (known !== undefined) return known;
  const digest = hash('sha256', bytes, 'hex');
  digests.set(bytes, digest);
  return digest;
}

const digests = new WeakMap<Uint8Array, string>();

/** Rejects bytes of a wrong type. The detected type decides; the declared type matters only if the bytes have no specific type. */
function rejectMisplaced(
  bytes: Uint8Array,
  {
    detected,
    declared,
    accepts,
  }: {
    readonly detected: DetectedType;
    readonly declared: string | undefined;
    readonly accepts: Attachment['accepts'];
  },
): void {
  const essence = readDeclaredType(declared)?.essence ?? '';
  const isUnknown = detected.kind === 'other' || detected.kind === 'text';
  if (accepts === 'image' || (isUnknown && essence.startsWith('image/'))) imageTypeOf(bytes);
  if (isUnknown && essence === 'application/pdf') throw notAPdf(bytes);
  if (accepts === 'document' && detected.kind === 'image') {
    throw new RetakeError('invalid_request', `Expected a PDF or a text, got ${detected.mediaType}`);
  }
}

/** A model that is given white space alone answers as if nothing had been attached. */
function withContent(text: string): string {
  if (text.trim() !== '') return text;
  throw new RetakeError(
    'invalid_request',
    `Expected a text, got ${text === '' ? 'an empty one' : 'nothing but white space'}`,
    {hint: 'Attach a file with content, or leave it out.'},
  );
}
