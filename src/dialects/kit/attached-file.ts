import {Buffer} from 'node:buffer';
import type {Attachment} from '../../chat/media.js';
import {RetakeError} from '../../errors.js';

/** An attachment whose bytes are at hand, as requests have it. */
export function attachedFile({source, declaredType = ''}: Attachment): {
  readonly mediaType: string;
  readonly base64: string;
  readonly isImage: boolean;
} {
  if (source.kind !== 'bytes') throw new RetakeError('internal', 'The bytes of an attachment are missing');
  return {
    mediaType: declaredType,
    base64: Buffer.from(source.bytes).toString('base64'),
    isImage: declaredType.startsWith('image/'),
  };
}
