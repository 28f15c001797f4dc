import type {FastifyReply} from 'fastify';
import type {RingEntry} from './exchange-ring.js';
import {exchangeFilter, summaryOf} from './exchange-routes.js';
import type {ControlRequest} from './route.js';

/** Bytes that a client may leave unread. One that is slower is disconnected, and can go on where it was. */
const unreadLimit = 4 * 1024 * 1024;
/** Milliseconds between comments, so that proxies do not close a silent connection. */
const heartbeat = 15_000;

/** Sends each exchange from now on as a server-sent event: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function followExchanges(
  reply: FastifyReply,
  {
    request: {services, query, signal},
    lastEventId,
  }: {readonly request: ControlRequest; readonly lastEventId: string | string[] | undefined},
): void {
  const response = reply.raw;
  reply.headers({'content-type': 'text/event-stream', 'cache-control': 'no-store'});
  response.writeHead(200, reply.getHeaders() as Record<string, string>);
  reply.hijack();
  response.flushHeaders();
  const matches = exchangeFilter(query);
  const write = (text: string) => {
    if (response.destroyed) return;
    response.write(text);
    if (response.writableLength > unreadLimit) response.destroy();
  };
  /** Summaries are read from cassettes, and sent in the order of the exchanges. */
  let written = Promise.resolve();
  const send = (entry: RingEntry) => {
    if (!matches(entry)) return;
    const summary = summaryOf(services, entry);
    written = written.then(async () => {
      write(`id: ${entry.number}\nevent: exchange\ndata: ${JSON.stringify(await summary)}\n\n`);
    });
  };
  write(': following\n\n');
  if (typeof lastEventId === 'string' && /^\d{1,15}$/.test(lastEventId)) {
    for (const entry of services.exchanges.after(Number(lastEventId))) send(entry);
  }
  const stop = services.exchanges.follow(send);
  const timer = setInterval(() => write(': alive\n\n'), heartbeat);
  timer.unref();
  const end = () => {
    clearInterval(timer);
    stop();
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, {once: true});
}
