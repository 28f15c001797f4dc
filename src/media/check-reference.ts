import {RetakeError} from '../errors.js';
import type {AllowedHosts} from './allowed-hosts.js';
import {isPublicAddress} from './public-address.js';

/**
 * Parses a reference and checks that it may be fetched. Host names are looked up later: see `checkedLookup`.
 * @throws RetakeError `invalid_request`, `not_supported`
 */
export function checkReference(reference: string, isAllowed: AllowedHosts): URL {
  if (!URL.canParse(reference)) {
    throw new RetakeError('invalid_request', `Expected an https URL, got \`${cut(reference)}\``);
  }
  const url = new URL(reference);
  if (url.protocol === 'gs:') {
    throw new RetakeError(
      'not_supported',
      'Cannot read from Google Cloud Storage (`gs://`), which requires credentials',
      {
        hint: 'Send the bytes themselves, or a signed https URL.',
      },
    );
  }
  if (isYoutube(url.hostname)) {
    throw new RetakeError('not_supported', 'Cannot read videos from YouTube', {
      hint: 'Send single frames as images, or the transcript as text.',
    });
  }
  if (url.username !== '' || url.password !== '') {
    throw new RetakeError(
      'invalid_request',
      'Expected a URL without a user name and password, but it has them',
    );
  }
  if (url.protocol === 'https:' || url.protocol === 'http:') {
    if (!isAllowed(url)) checkPublic(url);
    return url;
  }
  throw new RetakeError(
    'invalid_request',
    `Expected an https URL, got one that begins with \`${cut(url.protocol)}\``,
    {
      hint: 'Send the bytes themselves, or serve them over https.',
    },
  );
}

function checkPublic(url: URL): void {
  if (url.protocol !== 'https:') {
    throw new RetakeError('invalid_request', `Expected an https URL, got \`${nameOf(url)}\``, {
      hint: allowHint(url),
    });
  }
  if (url.port !== '') {
    throw new RetakeError('invalid_request', `Expected an https URL at port 443, got \`${nameOf(url)}\``, {
      hint: allowHint(url),
    });
  }
  const address = url.hostname.replace(/^\[|\]$/g, '');
  const isLiteral = /^[\d.]+$/.test(address) || address.includes(':');
  if (isLiteral && !isPublicAddress(address)) throw notPublic(url);
}

/** The same error as for a name that does not exist, so that clients cannot probe the names of a private network. */
export function notPublic(url: URL): RetakeError {
  return new RetakeError(
    'invalid_request',
    `Cannot fetch \`${nameOf(url)}\`: its host has no public address`,
    {
      hint: allowHint(url),
    },
  );
}

/** A URL for messages: without its query, which may contain a signature. */
export function nameOf({origin, pathname}: URL): string {
  return cut(`${origin}${pathname}`);
}

function allowHint({host}: URL): string {
  return `To allow it, add \`${host}\` to the option \`media.allowedHosts\`.`;
}

function isYoutube(hostname: string): boolean {
  return /(?:^|\.)(?:youtube|youtube-nocookie)\.com\.?$|(?:^|\.)youtu\.be\.?$/.test(hostname);
}

function cut(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
