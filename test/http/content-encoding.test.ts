import {request as httpRequest, type IncomingMessage} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';
import {brotliDecompressSync, createBrotliDecompress, createGunzip, gunzipSync} from 'node:zlib';
import test from 'ava';
import {execa} from 'execa';
import fc from 'fast-check';
import {openCompressor} from '../../src/http/compress.js';
import {acceptedEncoding} from '../../src/http/content-encoding.js';
import {liveProxy} from '../proxy/live-proxy.js';
import {answering, chunk, cuttingAfter} from '../support/scripted-upstream.js';

const chooses = test.macro({
  title: (_, header: string | undefined, encoding: string | undefined) =>
    `accept-encoding: ${header} gets ${encoding}`,
  exec(t, header: string | undefined, encoding: string | undefined) {
    t.is(acceptedEncoding(header), encoding as never);
  },
});
test(chooses, undefined, undefined);
test(chooses, '', undefined);
test(chooses, 'identity', undefined);
test(chooses, 'gzip, deflate', 'gzip');
test(chooses, 'gzip, deflate, br, zstd', 'br');
test(chooses, 'br;q=0.5, GZIP;q=0.8', 'gzip');
test(chooses, 'gzip;q=0', undefined);
test(chooses, '*', 'br');
test(chooses, 'br;q=0, *;q=0.1', 'gzip');
test(chooses, 'gzip;q=0.2, identity;q=0.5', undefined);
test(chooses, 'zstd, deflate', undefined);

const decompress = {br: brotliDecompressSync, gzip: gunzipSync};

for (const encoding of ['br', 'gzip'] as const) {
  test(`each piece can be decoded when it comes, and all of them together: ${encoding}`, async t => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({unit: 'binary'}), {maxLength: 6}), async pieces => {
        const compressor = openCompressor(encoding);
        const decoder = encoding === 'br' ? createBrotliDecompress() : createGunzip();
        let read = '';
        decoder.setEncoding('utf8').on('data', text => {
          read += text;
        });
        const all: Uint8Array[] = [];
        for (const [index, piece] of pieces.entries()) {
          const bytes = await compressor.add(piece.toWellFormed());
          all.push(bytes);
          decoder.write(bytes);
          const expected = pieces
            .slice(0, index + 1)
            .join('')
            .toWellFormed();
          for (let wait = 0; read.length < expected.length && wait < 1000; wait++) await sleep(1);
          t.is(
            read,
            pieces
              .slice(0, index + 1)
              .map(text => text.toWellFormed())
              .join(''),
          );
        }
        all.push(await compressor.end());
        const text = decompress[encoding](Buffer.concat(all)).toString();
        t.is(text, pieces.map(piece => piece.toWellFormed()).join(''));
        decoder.destroy();
      }),
      {numRuns: 20},
    );
  });
}

const long = Array.from({length: 200}, (_, index) => `word ${index} `);
const question = {messages: [{role: 'user', content: 'Hi'}], model: 'm'};
const asks: Readonly<Record<string, readonly [path: string, body: object]>> = {
  'a chat completion': ['/v1/chat/completions', question],
  'a streamed chat completion': ['/v1/chat/completions', {...question, stream: true}],
  'a message': ['/v1/messages', {...question, max_tokens: 900}],
  'a streamed message': ['/v1/messages', {...question, max_tokens: 900, stream: true}],
  'a streamed Gemini answer': [
    '/v1beta/models/m:streamGenerateContent?alt=sse',
    {contents: [{parts: [{text: 'Hi'}]}]},
  ],
  'a Gemini answer as an array': [
    '/v1beta/models/m:streamGenerateContent',
    {contents: [{parts: [{text: 'Hi'}]}]},
  ],
};

for (const [name, [path, body]] of Object.entries(asks)) {
  test(`${name} is compressed as the client accepts it: recorded, replayed and repeated`, async t => {
    const {url} = await liveProxy(t, {script: answering(long)});
    const seen: string[] = [];
    for (const encoding of [undefined, 'gzip', 'br', 'gzip', 'br', undefined] as const) {
      const response = await post(url + path, body, encoding);
      const bytes = await bytesOf(response);
      t.is(response.headers['content-encoding'], encoding);
      if (encoding) t.regex(response.headers.vary ?? '', /accept-encoding/);
      if (encoding) t.true(bytes.length < 8000, String(bytes.length));
      seen.push((encoding ? decompress[encoding](bytes) : bytes).toString());
    }
    t.is(new Set(seen).size, 1);
    t.regex(seen[0] ?? '', /word 199/);
  });
}

test('short answers and errors are sent as they are', async t => {
  const {url} = await liveProxy(t, {script: answering(['Hi'])});
  const response = await post(`${url}/v1/chat/completions`, question, 'gzip');
  t.is(response.headers['content-encoding'], undefined);
  t.regex((await bytesOf(response)).toString(), /"Hi"/);
});

for (const encoding of ['br', 'gzip'] as const) {
  test(`a live event reaches a client before the next one exists: ${encoding}`, async t => {
    let goOn = () => {};
    const seen = new Promise<void>(resolve => {
      goOn = resolve;
    });
    const {url} = await liveProxy(t, {
      async script(exchange) {
        await exchange.event(chunk(0, {content: 'first'}));
        await seen;
        await answering(['second'])(exchange);
      },
    });
    const response = await post(`${url}/v1/chat/completions`, {...question, stream: true}, encoding);
    const decoder = response.pipe(encoding === 'br' ? createBrotliDecompress() : createGunzip());
    let text = '';
    for await (const piece of decoder) {
      text += piece;
      if (text.includes('first')) goOn();
    }
    t.regex(text, /first[\s\S]*second[\s\S]*\[DONE\]/);
  });
}

/** Reads a stream with `fetch`, and does something else for half a second after its first piece. */
const busyClient = `
const [url, encoding] = process.argv.slice(1);
const body = JSON.stringify({model: 'm', messages: [{role: 'user', content: 'Hi'}], stream: true});
const headers = {'content-type': 'application/json', 'accept-encoding': encoding};
const response = await fetch(url + '/v1/chat/completions', {method: 'POST', headers, body});
console.log(response.headers.get('content-encoding'));
const decoder = new TextDecoder();
let pieces = 0;
try {
  for await (const piece of response.body) {
    console.log(decoder.decode(piece, {stream: true}));
    if (pieces++ === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  }
} catch (error) {
  console.log(error.message);
}
`;

for (const encoding of ['br', 'gzip', 'identity']) {
  test(`an error in mid-stream reaches a client that is busy when the connection breaks: ${encoding}`, async t => {
    const {url} = await liveProxy(t, {script: cuttingAfter(['Hello ', 'there'])});
    const client = ['--input-type=module', '--eval', busyClient, url, encoding];
    const {stdout} = await execa(process.execPath, client);
    t.is(stdout.split('\n')[0], encoding === 'identity' ? 'null' : encoding);
    t.regex(stdout, /Hello [\s\S]*there[\s\S]*"error":[\s\S]*terminated$/);
  });
}

/** A request whose response is not decompressed, as `fetch` does. */
function post(url: string, body: object, encoding: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string> = {'content-type': 'application/json'};
    if (encoding) headers['accept-encoding'] = encoding;
    httpRequest(url, {method: 'POST', headers}, resolve).on('error', reject).end(JSON.stringify(body));
  });
}

async function bytesOf(response: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece);
  return Buffer.concat(pieces);
}
