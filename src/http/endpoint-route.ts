import type {FastifyInstance, FastifyReply, FastifyRequest} from 'fastify';
import type {Dialect} from '../dialects/dialect.js';
import {answerLocal} from './local-route.js';
import {answerQuestion, type QuestionOptions} from './question-route.js';
import {endpointUrl} from './server.js';

type Handle = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/**
 * Serves the endpoints of all dialects. They share one route, because Fastify compiles a function for each: with a route for each endpoint,
 * that was a tenth of the start.
 */
export function registerEndpoints(
  app: FastifyInstance,
  dialects: readonly Dialect[],
  options: QuestionOptions,
): void {
  const handlers = new Map(dialects.map(dialect => [dialect, handlersOf(dialect, options)]));
  app.route({
    method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url: endpointUrl,
    handler: async (request, reply) => {
      const {dialect, location} = request.exchange.address;
      const handle = handlers.get(dialect)?.get(location?.endpoint ?? '');
      // Fastify sends what its own handler of unknown routes answers.
      if (!handle) reply.callNotFound();
      else await handle(request, reply);
      return reply;
    },
  });
}

function handlersOf(dialect: Dialect, options: QuestionOptions): ReadonlyMap<string, Handle> {
  return new Map(
    Object.entries(dialect.endpoints).map(([name, endpoint]): [string, Handle] => [
      name,
      endpoint.kind === 'question'
        ? (request, reply) => answerQuestion(request, reply, endpoint, options)
        : (request, reply) => answerLocal(request, reply, endpoint, options),
    ]),
  );
}
