import type {Dialect} from '../dialects/dialect.js';
import {corsHeaders, type GuardOptions} from './guards.js';
import type {Server} from './server.js';

/** Serves every endpoint of a dialect that needs no model: lists of models, files, what was stored. Failures go to the server's error handler. */
export function registerLocals(server: Server, dialect: Dialect, guard: GuardOptions): void {
  for (const [name, endpoint] of Object.entries(dialect.endpoints)) {
    if (endpoint.kind !== 'local') continue;
    server.app.route({
      method: endpoint.method,
      url: `/${dialect.name}/${name}`,
      handler: async ({raw, body}, reply) => {
        const {location, query, path, cassette} = server.addressOf(raw);
        const {
          status,
          headers,
          body: answer,
        } = await endpoint.answer({
          params: location?.params ?? {},
          query,
          headers: raw.headers,
          path,
          ...(cassette !== undefined && {prefix: `/@${encodeURIComponent(cassette)}`}),
          bytes: body instanceof Uint8Array ? body : new Uint8Array(),
        });
        reply.hijack();
        reply.raw.writeHead(status, {
          ...headers,
          ...corsHeaders(raw.headers, guard),
          'content-length': Buffer.byteLength(answer),
        });
        reply.raw.end(answer);
      },
    });
  }
}
