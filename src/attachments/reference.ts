import {createHash} from 'node:crypto';
import type {Attachment} from '../chat/media.js';

/** A path, or a `file:` URI: something that only this machine can read. */
export function isLocalReference({source}: Attachment): boolean {
  return source.kind === 'reference' && isLocal(source.uri);
}

/** One letter before a colon is a drive, and no scheme. */
export function isLocal(uri: string): boolean {
  return /^file:/i.test(uri) || !/^[a-z][a-z\d+.-]+:/i.test(uri);
}

/** A URL as a cassette knows it. */
export type KnownUrl = {
  /** The digest that finds it. */
  readonly id: string;
  /** For the reader: without what a query may hold. */
  readonly shown: string;
};

/** Names a URL by what is left of it when its secrets and whatever varies are masked. */
export function knownUrl(uri: string, mask: (url: string) => string): KnownUrl {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  const masked = mask(url?.href ?? uri);
  const [shown = ''] = masked.split(/[?#]/);
  return {
    id: createHash('sha256').update(masked).digest('hex'),
    shown: masked.length > shown.length ? `${shown}?…` : shown,
  };
}
