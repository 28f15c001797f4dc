import {IncomingMessage} from 'node:http';
import type {OpenExchange} from './exchange.js';

/** Node's request, with the exchange that `serveFromMemo` opens before Fastify gets the request. */
export class IncomingRequest extends IncomingMessage {
  exchange!: OpenExchange;
}
