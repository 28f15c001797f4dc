import type {FastifyInstance} from 'fastify';
import {omitUndefined} from '../chat/omit-undefined.js';
import type {Dialect} from '../dialects/dialect.js';
import {bytesOf} from './request-bytes.js';
import {sendWhole} from './send-whole.js';

/** Serves every endpoint of a dialect that needs no model: model lists, files, stored responses. */
export function registerLocals(app: FastifyInstance, dialect: Dialect): void {
  for (const [name, endpoint] of Object.entries(dialect.endpoints)) {
    if (endpoint.kind !== 'local') continue;
    app.route({
      method: endpoint.method,
      url: `/${dialect.name}/${name}`,
      handler: async ({exchange, headers, body}, reply) => {
        const {location, query, path, prefix} = exchange.address;
        const answer = await endpoint.answer(
          omitUndefined({
            params: location?.params ?? {},
            query,
            headers,
            path,
            prefix,
            bytes: bytesOf(body),
          }),
        );
        return sendWhole(reply, answer);
      },
    });
  }
}
