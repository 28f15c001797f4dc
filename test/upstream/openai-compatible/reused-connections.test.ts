import {once} from 'node:events';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo, Socket} from 'node:net';
import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import type {RetakeError} from '../../../src/errors.js';
import {eventually} from '../../support/eventually.js';
import {chunk, scriptedProps} from '../../support/scripted-upstream.js';
import {ask, buildModel, failureOf, present, question, textOf} from '../asking.js';

type Server = {
  readonly url: string;
  /** How many connections it was opened. */
  readonly connections: number;
  /** How many questions it was asked. */
  readonly asked: number;
  /** How many connections are open. */
  open(): Promise<number>;
};

type Answer = (response: ServerResponse, connection: Connection) => void;

type Connection = {
  readonly socket: Socket;
  readonly isReused: boolean;
  /** Whether no request has come since this one. */
  isIdle(): boolean;
};

const answerText = `data: ${JSON.stringify(chunk(0, {content: 'Hi'}, undefined, 'stop'))}\n\ndata: [DONE]\n\n`;

const answerHi: Answer = response =>
  void response.writeHead(200, {'content-type': 'text/event-stream'}).end(answerText);

/** A server that keeps its connections, as HTTP/1.1 servers do unless they say otherwise. */
async function keepingServer(
  t: ExecutionContext,
  answer: Answer = answerHi,
  {props}: {readonly props?: object} = {},
): Promise<Server> {
  let connections = 0;
  let asked = 0;
  const latest = new WeakMap<Socket, IncomingMessage>();
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method === 'GET') {
      const description = request.url === '/props' ? props : undefined;
      response
        .writeHead(description ? 200 : 404, {connection: 'close'})
        .end(JSON.stringify(description ?? {}));
      return;
    }
    const {socket} = request;
    // Node goes on reading a connection that it has ended.
    if (!socket.writable) return void socket.destroy();
    const isReused = latest.has(socket);
    latest.set(socket, request);
    if (!isReused) connections++;
    await request.toArray();
    asked++;
    answer(response, {socket, isReused, isIdle: () => latest.get(socket) === request});
  };
  const server = createServer({keepAliveTimeout: 60_000}, (request, response) => {
    // The connections of some of these tests break while the request comes.
    serve(request, response).catch(() => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    get asked() {
      return asked;
    },
    open: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
  };
}

test('questions that follow each other share a connection', async t => {
  const server = await keepingServer(t);
  const model = buildModel(t, server);
  for (let count = 0; count < 20; count++) t.is(textOf(await ask(model, question('Hi'))), 'Hi');
  t.is(server.asked, 20);
  // The next question may come before the connection of the last one is free.
  t.true(server.connections < 5);
});

test('a llama-server gets a connection for each question', async t => {
  const server = await keepingServer(t, answerHi, {props: scriptedProps});
  const model = buildModel(t, server);
  for (let count = 0; count < 5; count++) await ask(model, question('Hi'));
  t.is(server.connections, 5);
});

test('a connection that is not used is closed', async t => {
  const server = await keepingServer(t);
  await ask(buildModel(t, server), question('Hi'));
  t.is(await server.open(), 1);
  await eventually('the connection is closed', async () => (await server.open()) === 0);
  t.pass();
});

test('a server that closes connections that it announced to keep loses no question and gets none twice', async t => {
  const endings = {
    end: (socket: Socket) => socket.end(),
    destroy: (socket: Socket) => socket.destroy(),
  };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.values(endings)),
      fc.array(fc.integer({min: 0, max: 3}), {minLength: 5, maxLength: 20}),
      async (close, delays) => {
        let next = 0;
        const server = await keepingServer(t, (response, connection) => {
          const {socket} = connection;
          const closeIfIdle = () => !socket.destroyed && connection.isIdle() && close(socket);
          const delay = delays[next++ % delays.length] ?? 0;
          response.on('finish', () => (delay === 0 ? closeIfIdle() : setTimeout(closeIfIdle, delay)));
          answerHi(response, connection);
        });
        const model = buildModel(t, server);
        for (const _ of delays) t.is(textOf(await ask(model, question('Hi'))), 'Hi');
        t.is(server.asked, delays.length);
      },
    ),
    {numRuns: 30},
  );
});

test('a server that breaks off what it was asked over a new connection is not asked again', async t => {
  const server = await keepingServer(t, (_response, {socket}) => void socket.resetAndDestroy());
  const {error} = await failureOf(buildModel(t, server).ask(question('Hi'), present()));
  t.is(error.code, 'upstream_unavailable');
  t.is(server.asked, 1);
});

test('a server that has worked on a question is not asked again', async t => {
  const server = await keepingServer(t, (response, connection) => {
    if (connection.isReused) setTimeout(() => connection.socket.destroy(), 1500);
    else answerHi(response, connection);
  });
  const model = buildModel(t, server);
  await ask(model, question('Hi'));
  // The next question gets a connection of its own as long as that of the last one is not free.
  await eventually('a question was sent over a reused connection', async () => {
    const before = server.asked;
    const failure = await ask(model, question('Hi')).then(
      () => undefined,
      (error: RetakeError) => error.code,
    );
    t.is(server.asked, before + 1);
    return failure === 'upstream_unavailable';
  });
  t.pass();
});

test('a question that met the end of its connection is sent over another one', async t => {
  const server = await keepingServer(t, (response, connection) => {
    if (connection.isReused) connection.socket.resetAndDestroy();
    else answerHi(response, connection);
  });
  const model = buildModel(t, server);
  for (let count = 0; count < 3; count++) t.is(textOf(await ask(model, question('Hi'))), 'Hi');
  t.true(server.connections > 1);
});

test('more questions than a pool has connections are all sent at once', async t => {
  const waiting: (() => void)[] = [];
  const count = 200;
  const server = await keepingServer(t, (response, connection) => {
    waiting.push(() => answerHi(response, connection));
    // Nobody is answered before all have asked.
    if (waiting.length === count) for (const answer of waiting) answer();
  });
  const model = buildModel(t, server);
  const answers = await Promise.all(Array.from({length: count}, () => ask(model, question('Hi'))));
  t.true(answers.every(answer => textOf(answer) === 'Hi'));
});
