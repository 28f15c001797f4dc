import {createHash} from 'node:crypto';
import type {IncomingHttpHeaders} from 'node:http';
import type {DecodedRequest, Dialect} from '../dialects/dialect.js';
import {RetakeError} from '../errors.js';
import {breakOff, type Disturbance, failAfter, slowDown} from '../faults/disturb.js';
import {type Fault, isRefusalName, type Refusal} from '../faults/fault.js';
import {appliesTo, type FaultPlan} from '../faults/fault-plan.js';
import {parseFault} from '../faults/parse-fault.js';
import {createTimesCounter} from '../faults/times-counter.js';

/** Chooses the fault of each request: that of its header, or the next one of the plan. */
export type RequestFaults = {
  /** @throws RetakeError `invalid_request` if the header names no fault, or one that such a request cannot have. */
  choose(request: FaultyRequest): Fault | undefined;
  /** Whether a request with such headers can have a fault. */
  mayFault(headers: IncomingHttpHeaders): boolean;
};

type FaultyRequest = {
  readonly headers: IncomingHttpHeaders;
  readonly session: string;
  readonly dialect: Dialect;
  readonly path: string;
  readonly body: Uint8Array;
  readonly decoded: DecodedRequest;
  /** The plan of its session, which comes before that of the server. */
  readonly sessionPlan?: FaultPlan | undefined;
};

const header = 'x-retake-fault';

export function createRequestFaults(plan: FaultPlan): RequestFaults {
  const counter = createTimesCounter();
  return {
    mayFault: headers =>
      headers[header] !== undefined || plan.mayFault(headers['x-retake-session']?.toString() ?? ''),
    choose({headers, session, dialect, path, body, decoded, sessionPlan}) {
      const {request, modelName} = decoded;
      const text = headers[header]?.toString();
      if (text === undefined) {
        const subject = {session, api: dialect.name, model: modelName, request};
        return sessionPlan?.next(subject) ?? plan.next(subject);
      }
      // A request that the rules of the server must not touch.
      if (text === 'none') return undefined;
      const {fault, times} = parseFault(text, {subject: `the header ${header}`, code: 'invalid_request'});
      if (!appliesTo(fault, request)) {
        throw new RetakeError(
          'invalid_request',
          `The header ${header} asks for ${fault.name}, which only an answer with text can have`,
          {hint: 'Leave the header out of requests for embeddings and token counts.'},
        );
      }
      if (times === undefined) return fault;
      // A retry sends the same bytes and the same header, so equal requests are counted.
      const digest = createHash('sha256').update(body).digest('base64');
      return counter.take([session, text, path, digest].join('\n'), times) ? fault : undefined;
    },
  };
}

/** The error that a client gets instead of an answer, in the words of its API. */
export function refusalError(
  fault: Fault & Refusal,
  {dialect, model, now}: {readonly dialect: Dialect; readonly model: string; readonly now: number},
): RetakeError {
  const {name} = fault;
  return (
    dialect.faultError?.(fault, {model, now}) ??
    new RetakeError('fault', `This is the fault \`${name}\``, {status: statuses[name]})
  );
}

const statuses: {readonly [Name in Refusal['name']]: number} = {
  'rate-limit': 429,
  overloaded: 503,
  'server-error': 500,
};

/** What the fault does to an answer on its way to the client; undefined if it is none of the delivery. */
export function disturbanceOf(
  fault: Fault | undefined,
  {signal, refuse}: {readonly signal: AbortSignal; readonly refuse: (fault: Fault & Refusal) => RetakeError},
): Disturbance | undefined {
  if (fault === undefined) return undefined;
  if (fault.name === 'slow') return slowDown(fault, signal);
  if (fault.name === 'cut' || fault.name === 'malformed') return breakOff(fault);
  return isRefusalName(fault) ? failAfter(fault.after ?? 0, refuse(fault)) : undefined;
}
