import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {createServer, type ServerResponse} from 'node:http';

/** The constant answer of a bare server. */
export type BareAnswer = {
  readonly contentType: string;
  /** One write: sent whole, with its length. Several: sent in chunks, one write for each. */
  readonly writes: readonly string[];
  /** Milliseconds between two writes. */
  readonly gap?: number;
  /** Whether each body is hashed, as a cache has to do. */
  readonly hashes?: boolean;
};

const [, , file] = process.argv;
if (file === undefined) throw new Error('Expected the file of the answer');
const {contentType, writes, gap, hashes = false} = JSON.parse(readFileSync(file, 'utf8')) as BareAnswer;
const [first = ''] = writes;
const length = String(Buffer.byteLength(first));

const server = createServer((request, response) => {
  // retake looks for what a server tells about itself.
  if (request.method === 'GET') return void response.writeHead(404).end();
  const body: Buffer[] = [];
  request.on('data', (chunk: Buffer) => body.push(chunk));
  request.on('end', () => {
    const whole = Buffer.concat(body);
    if (hashes) createHash('sha256').update(whole).digest();
    if (gap !== undefined) answerSlowly(response, gap);
    else if (writes.length === 1) answerWhole(response);
    else answerInChunks(response);
  });
});

function answerWhole(response: ServerResponse): void {
  response.writeHead(200, {'content-type': contentType, 'content-length': length}).end(first);
}

function answerInChunks(response: ServerResponse): void {
  response.writeHead(200, {'content-type': contentType});
  for (const text of writes) response.write(text);
  response.end();
}

function answerSlowly(response: ServerResponse, milliseconds: number): void {
  response.writeHead(200, {'content-type': contentType});
  let next = 0;
  const timer = setInterval(() => {
    const text = writes[next++];
    if (text !== undefined) response.write(text);
    if (next < writes.length) return;
    clearInterval(timer);
    response.end();
  }, milliseconds);
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port');
  process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
