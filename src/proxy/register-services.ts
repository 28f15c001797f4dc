import type {FastifyInstance, FastifyReply, FastifyRequest} from 'fastify';
import {sendWhole} from '../http/send-whole.js';
import {controlRoot, inspectorRoot} from '../http/services.js';
import {packageVersion} from '../version.js';
import type {ControlServices} from './control/route.js';
import type {InspectorServices} from './inspector/services.js';
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

/**
 * The control API, and the inspector, which `/` is for browsers. Their code is loaded with the first request, so that a replay starts
 * fast.
 */
export function registerControl(app: FastifyInstance, services: InspectorServices): void {
  const inspect = async (request: FastifyRequest, reply: FastifyReply) => {
    const {answerInspector} = await import('./inspector/answer-inspector.js');
    await answerInspector(request, reply, services);
    return reply;
  };
  app.route({
    method: ['GET', 'HEAD', 'POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS'],
    url: controlRoot,
    handler: async (request, reply) => {
      const {path} = request.exchange.address;
      if (path === inspectorRoot || path.startsWith(`${inspectorRoot}/`)) return inspect(request, reply);
      const {answerControl} = await import('./control/control-api.js');
      await answerControl(request, reply, services);
      return reply;
    },
  });
  app.route({
    // Claude Code asks with HEAD whether the server is there.
    method: ['GET', 'HEAD'],
    url: '/',
    handler: (request, reply) => {
      if (acceptsHtml(request.headers.accept)) return inspect(request, reply);
      const {mode, ready} = services.status();
      const about = {
        retake: packageVersion(),
        mode,
        ready,
        inspector: inspectorRoot,
        api: `${controlRoot}/v1`,
      };
      const headers = {'content-type': 'application/json', vary: 'accept'};
      return sendWhole(reply, {status: 200, headers, body: `${JSON.stringify(about)}\n`});
    },
  });
}

/** Whether `Accept` names HTML, other than to exclude it (`;q=0`). */
function acceptsHtml(accept = ''): boolean {
  const html = accept.split(',').find(range => range.trim().startsWith('text/html'));
  return html !== undefined && !/;\s*q=0(?:\.0*)?\s*(?:;|$)/.test(html);
}
