import {once} from 'node:events';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {ExecutionContext} from 'ava';
import {eventually} from './eventually.js';

export type Answer = (request: IncomingMessage, response: ServerResponse, client: Client) => void;

/** The server's view of the client. */
export type Client = {
  /** Bytes of the file that the client has. */
  has: number;
};

export type FileServer = {
  readonly url: string;
  /** The `Range` header of each request so far, `whole` for one without. */
  readonly asked: string[];
  readonly client: Client;
};

/** A real HTTP server on loopback whose n-th request gets the n-th answer, and every later one the last. It ends with the test. */
export async function fileServer(
  t: ExecutionContext,
  ...answers: [Answer, ...Answer[]]
): Promise<FileServer> {
  const asked: string[] = [];
  const client: Client = {has: 0};
  const server = createServer((request, response) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? answers[0];
    asked.push(request.headers.range ?? 'whole');
    answer(request, response, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.gguf`, asked, client};
}

/** Serves a file as a correct server does: with its version, with ranges, and in full if `If-Range` names another version. */
export function serving(content: Buffer, {etag = '"v1"'}: {etag?: string | null} = {}): Answer {
  return (request, response) => {
    const {range, 'if-range': ifRange} = request.headers;
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 'NaN');
    const headers = {'accept-ranges': 'bytes', ...(etag === null ? {} : {etag})};
    if (Number.isNaN(start) || (ifRange !== undefined && ifRange !== etag)) {
      response.writeHead(200, {...headers, 'content-length': content.length}).end(content);
    } else if (start >= content.length) {
      response.writeHead(416, {...headers, 'content-range': `bytes */${content.length}`}).end();
    } else {
      const rest = content.subarray(start);
      const range = `bytes ${start}-${content.length - 1}/${content.length}`;
      response.writeHead(206, {...headers, 'content-length': rest.length, 'content-range': range}).end(rest);
    }
  };
}

/** Answers as `answer` would, but breaks the connection after this many bytes of the body. */
export function cutAfter(bytes: number, answer: Answer): Answer {
  return (request, response, client) => {
    const before = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.end = ((body: Buffer) => {
      response.write(body.subarray(0, bytes));
      void eventually('the bytes have arrived', () => client.has === before + bytes).then(() =>
        response.destroy(),
      );
      return response;
    }) as typeof response.end;
    answer(request, response, client);
  };
}

export function status(code: number, headers: Record<string, string | number> = {}): Answer {
  return (_request, response) => {
    response.writeHead(code, headers).end();
  };
}
