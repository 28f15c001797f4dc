import {once} from 'node:events';
import {request} from 'node:http';
import {text} from 'node:stream/consumers';
import type {OwnAnswer, OwnRequest} from '../dialects/dialect.js';
import {RetakeError} from '../errors.js';

/** Sends a request to the proxy's own port, as a client would: it is recorded, replayed and counted like any other. */
export async function sendToSelf(
  {path, headers, body}: OwnRequest,
  address: string | undefined,
): Promise<OwnAnswer> {
  if (address === undefined) throw new RetakeError('internal', 'A batch ran before the port was open');
  const {hostname, port} = new URL(address);
  const anyAddress = hostname === '0.0.0.0' || hostname === '[::]';
  const outgoing = request({
    host: anyAddress ? '127.0.0.1' : hostname.replace(/^\[|\]$/g, ''),
    port,
    path,
    method: 'POST',
    // A Host that every proxy accepts.
    headers: {...headers, host: 'localhost', 'content-type': 'application/json'},
    agent: false,
  });
  outgoing.end(body);
  const [response] = await once(outgoing, 'response');
  return {status: response.statusCode ?? 500, body: await text(response)};
}
