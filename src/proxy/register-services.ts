import type {FastifyInstance} from 'fastify';
import {sendWhole} from '../http/send-whole.js';
import {controlRoot} from '../http/services.js';
import type {ControlServices} from './control/route.js';
import type {Metrics} from './metrics/metrics.js';

/** What tells whether the proxy is there (`/healthz`), and whether it can answer (`/readyz`; `/health` says why not). */
export function registerProbes(app: FastifyInstance, status: ControlServices['status']): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/health',
    handler: (_request, reply) => {
      const now = status();
      reply.code(now.ready ? 200 : 503).send({status: now.ready ? 'ok' : 'starting', ...now});
    },
  });
  app.route({
    method: ['GET', 'HEAD'],
    url: '/healthz',
    handler: (_request, reply) => void reply.send({status: 'ok'}),
  });
  app.route({
    method: ['GET', 'HEAD'],
    url: '/readyz',
    handler: (_request, reply) => {
      const {ready} = status();
      reply.code(ready ? 200 : 503).send({status: ready ? 'ok' : 'starting'});
    },
  });
}

/** Metrics for Prometheus. */
export function registerMetrics(app: FastifyInstance, metrics: Metrics): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/metrics',
    handler: async (_request, reply) => {
      const {contentType, text} = await metrics.render();
      return sendWhole(reply, {status: 200, headers: {'content-type': contentType}, body: text});
    },
  });
}

/** The control API. Its code is loaded with its first request, so that a replay starts fast. */
export function registerControl(app: FastifyInstance, services: ControlServices): void {
  app.route({
    method: ['GET', 'HEAD', 'POST', 'DELETE', 'PUT', 'PATCH'],
    url: controlRoot,
    handler: async (request, reply) => {
      const {answerControl} = await import('./control/control-api.js');
      await answerControl(request, reply, services);
      return reply;
    },
  });
}
