import {randomBytes, timingSafeEqual} from 'node:crypto';
import type {IncomingHttpHeaders} from 'node:http';
import type {FastifyRequest} from 'fastify';
import {RetakeError} from '../../errors.js';

/** A secret that only the inspector's own page gets. */
export function createToken(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * Refuses pages of other origins, also those that may use the APIs: the page has the token in it.
 * @throws RetakeError `forbidden_host`
 */
export function requireOwnPage({origin, host, ...headers}: IncomingHttpHeaders): void {
  const site = headers['sec-fetch-site'];
  const isOwn = origin === undefined || origin === `http://${host}`;
  // A link on another site may lead to the page. What such a site can read or embed has the mode `cors` or `no-cors`.
  const isFollowed = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (isOwn && (site === undefined || site === 'same-origin' || site === 'none' || isFollowed)) return;
  throw new RetakeError('forbidden_host', 'Only its own page may use the inspector', {
    hint: 'Open the inspector itself in a browser.',
  });
}

/**
 * Lets only the inspector's page, in a browser on this machine, change a file.
 * @throws RetakeError `forbidden_host`
 */
export function requireToken({headers, raw}: Pick<FastifyRequest, 'headers' | 'raw'>, token: string): void {
  const isHere = isLoopback(raw.socket.remoteAddress) && !isForwarded(headers) && isLocalHost(headers.host);
  if (!isHere) {
    throw new RetakeError(
      'forbidden_host',
      'Files can only be changed from the machine that retake runs on',
      {
        hint: 'Open http://localhost and the port of retake there, or change the file by hand.',
      },
    );
  }
  const given = headers['x-retake-token'];
  if (typeof given === 'string' && isSame(given, token)) return;
  throw new RetakeError('forbidden_host', 'This page belongs to another start of retake', {
    hint: 'Reload the inspector.',
  });
}

function isLoopback(address = ''): boolean {
  return /^(?:::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/.test(address);
}

/** Behind a proxy, every client has a loopback address. */
function isForwarded(headers: IncomingHttpHeaders): boolean {
  return ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some(name => headers[name] !== undefined);
}

function isLocalHost(host = ''): boolean {
  return /^(?:localhost|[\w-]+\.localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i.test(host);
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
