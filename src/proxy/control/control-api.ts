import {type ValueError, ValueErrorType} from '@sinclair/typebox/errors';
import {Value} from '@sinclair/typebox/value';
import type {FastifyReply, FastifyRequest} from 'fastify';
import {type JsonValue, parseJson, stringifyJson} from '../../chat/json.js';
import {describeExpectation} from '../../config/expectation.js';
import {RetakeError} from '../../errors.js';
import {methodNotAllowed} from '../../http/method-not-allowed.js';
import {bytesOf} from '../../http/request-bytes.js';
import {sendWhole} from '../../http/send-whole.js';
import {controlRoot} from '../../http/services.js';
import {cassetteRoutes, statusRoutes} from './cassette-routes.js';
import {exchangeRoutes} from './exchange-routes.js';
import {followExchanges} from './follow-exchanges.js';
import {openApiDocument} from './open-api.js';
import type {ControlRoute, ControlServices} from './route.js';
import {sessionRoutes} from './session-routes.js';

export const controlRoutes: readonly ControlRoute[] = [
  ...statusRoutes,
  ...exchangeRoutes,
  ...sessionRoutes,
  ...cassetteRoutes,
];

const versionRoot = `${controlRoot}/v1`;

/** Answers a request below `/_retake`. */
export async function answerControl(
  {exchange, method, headers, body}: FastifyRequest,
  reply: FastifyReply,
  services: ControlServices,
): Promise<void> {
  const {path, query} = exchange.address;
  if (path === `${versionRoot}/openapi.json`) {
    if (!isRead(method)) throw methodNotAllowed(method, path, ['GET']);
    return send(reply, 200, openApiDocument(controlRoutes));
  }
  const {found, params} = findRoute(method, path);
  checkQuery(found, query);
  const signal = exchange.signal;
  const request = {services, params, query, signal, address: `http://${headers.host ?? 'localhost'}`};
  if (found.isFollowed && headers.accept?.includes('text/event-stream')) {
    return followExchanges(reply, {request, lastEventId: headers['last-event-id']});
  }
  const answer = await found.handle(request, found.body && checkBody(found.body, bytesOf(body)));
  return send(reply, found.status, answer);
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function send(reply: FastifyReply, status: number, answer: unknown): void {
  const body = `${stringifyJson(omitMissing(answer))}\n`;
  sendWhole(reply, {status, headers: {'content-type': 'application/json'}, body});
}

/** Members that are undefined have no JSON. */
function omitMissing(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(omitMissing);
  if (typeof value !== 'object' || value === null) return value as JsonValue;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, omitMissing(member)]));
}

/** @throws RetakeError `not_found`, or `method_not_allowed` if the path has other methods */
function findRoute(
  method: string,
  path: string,
): {readonly found: ControlRoute; readonly params: Record<string, string>} {
  const segments = path.startsWith(`${versionRoot}/`) ? path.slice(versionRoot.length + 1).split('/') : [];
  const asked = method === 'HEAD' ? 'GET' : method;
  const others: string[] = [];
  for (const found of controlRoutes) {
    const params = match(found.path.slice(1).split('/'), segments);
    if (!params) continue;
    if (found.method === asked) return {found, params};
    others.push(found.method);
  }
  if (others.length > 0) throw methodNotAllowed(method, path, others);
  throw new RetakeError('not_found', `The control API has no ${method} ${path.slice(0, 200)}`, {
    hint: `GET ${versionRoot}/openapi.json describes all of it.`,
  });
}

function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith('{')) params[part.slice(1, -1)] = decode(segment);
    else if (part !== segment) return undefined;
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // An invalid escape is the name of nothing; the answer is a 404.
    return segment;
  }
}

/** @throws RetakeError `invalid_request` */
function checkQuery({query: allowed = {}}: ControlRoute, query: URLSearchParams): void {
  for (const [name, value] of query) {
    const schema = allowed[name];
    if (!schema) {
      const names = Object.keys(allowed).join(', ') || 'no parameter';
      throw new RetakeError(
        'invalid_request',
        `Expected ${names} in the query, got ${JSON.stringify(name.slice(0, 100))}`,
      );
    }
    const parsed = schema['type'] === 'integer' ? integerOf(value) : value;
    const first = Value.Errors(schema, parsed).First();
    if (first) {
      const got = JSON.stringify(value.slice(0, 100));
      throw new RetakeError(
        'invalid_request',
        `${expectationOf(first).message} for the parameter \`${name}\`, got ${got}`,
      );
    }
  }
}

function integerOf(value: string): unknown {
  return /^\d{1,9}$/.test(value) ? Number(value) : value;
}

/** @throws RetakeError `invalid_request` */
function checkBody(schema: NonNullable<ControlRoute['body']>, bytes: Uint8Array): unknown {
  const body = parseJson(bytes);
  const first = Value.Errors(schema, body).First();
  if (!first) return body;
  const {path, message} = expectationOf(first);
  const place = path === '' ? 'the body' : `\`${path.slice(1).replaceAll('/', '.')}\``;
  throw new RetakeError('invalid_request', `${message} for ${place}`, {
    hint: `GET ${versionRoot}/openapi.json describes the body.`,
  });
}

/** What was expected where. If a value fits none of several schemas, it is about the one that the value meant, or about all. */
function expectationOf(error: ValueError): {readonly path: string; readonly message: string} {
  if (error.type !== ValueErrorType.Union) return error;
  const branches = error.errors.map(branch => branch.First());
  const meant = branches.find(branch => branch && branch.path !== error.path);
  return meant ? expectationOf(meant) : {...error, message: `Expected ${describeExpectation(error.schema)}`};
}
