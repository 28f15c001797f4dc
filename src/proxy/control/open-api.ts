import type {TSchema} from '@sinclair/typebox';
import {packageVersion} from '../../version.js';
import type {ControlRoute} from './route.js';
import {ErrorAnswer, ExchangeSummary} from './schemas.js';

/** The OpenAPI document of the control API. The one that retake serves has no origin: a client takes that of the document. */
export function openApiDocument(routes: readonly ControlRoute[], origin = ''): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const one of routes) {
    const operations = paths[one.path] ?? {};
    paths[one.path] = operations;
    operations[one.method.toLowerCase()] = operationOf(one);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'retake control API',
      version: packageVersion(),
      description: 'Sessions, requests and cassettes of a running retake. Members may be added to answers.',
    },
    servers: [{url: `${origin}/_retake/v1`}],
    paths: {
      ...paths,
      '/openapi.json': {
        get: {
          operationId: 'getOpenapi',
          summary: 'Get this document',
          responses: {200: {description: 'This document', content: json({type: 'object'})}},
        },
      },
    },
  };
}

function operationOf({
  method,
  path,
  summary,
  query = {},
  body,
  status,
  answer,
  isFollowed,
  errors,
}: ControlRoute) {
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: {type: 'string'},
    })),
    ...Object.entries(query).map(([name, schema]) => ({name, in: 'query', schema})),
  ];
  const followed = isFollowed
    ? {
        'text/event-stream': {
          schema: {type: 'string', description: 'Events named `exchange`.'},
          itemSchema: ExchangeSummary,
        },
      }
    : {};
  const failures = errors.map(code => [code, {description: 'An error', content: json(ErrorAnswer)}]);
  return {
    operationId: operationId(method, path),
    summary,
    parameters: parameters.length > 0 ? parameters : undefined,
    requestBody: body && {required: true, content: json(body)},
    responses: {
      [status]: {description: 'The answer', content: {...json(answer), ...followed}},
      ...Object.fromEntries(failures),
    },
  };
}

/** `getExchangesId` for `GET /exchanges/{id}`. */
function operationId(method: string, path: string): string {
  const words = path.split(/\W+/).filter(word => word !== '');
  return method.toLowerCase() + words.map(word => word[0]?.toUpperCase() + word.slice(1)).join('');
}

function json(schema: TSchema | object) {
  return {'application/json': {schema}};
}
