import {createHash} from 'node:crypto';
import type {Attachment} from '../chat/media.js';

/** Whether the reference is a path or a `file:` URI. */
export function isLocalReference({source}: Attachment): boolean {
  return source.kind === 'reference' && isLocal(source.uri);
}

/** A single letter before a colon is a drive, not a scheme. */
export function isLocal(uri: string): boolean {
  return /^file:/i.test(uri) || !/^[a-z][a-z\d+.-]+:/i.test(uri);
}

/** A URL as a cassette stores it. */
export type MaskedUrl = {
  /** The digest of the masked URL. */
  readonly id: string;
  /** For display: without the query. */
  readonly shown: string;
};

/** Masks the secrets and the volatile values of a URL. */
export function maskedUrl(uri: string, mask: (url: string) => string): MaskedUrl {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  const masked = mask(url?.href ?? uri);
  const [shown = ''] = masked.split(/[?#]/);
  return {
    id: createHash('sha256').update(masked).digest('hex'),
    shown: masked.length > shown.length ? `${shown}?…` : shown,
  };
}
