import {type ErrorCode, RetakeError, unreachable} from '../errors.js';
import {type Fault, type FaultName, faultNames} from './fault.js';

/** A fault, and how often it is played; without `times`, always. */
export type RequestedFault = {readonly fault: Fault; readonly times: number | undefined};

/** Where a fault was written, for the error: "the header x-retake-fault", with the code of the error. */
export type FaultSource = {readonly subject: string; readonly code: ErrorCode};

/**
 * Reads `NAME[:ARGUMENT][,after=EVENTS][,times=COUNT]`.
 * @throws RetakeError with the code of the source: an unknown name with the known ones, or an argument that the fault does not have.
 */
export function parseFault(text: string, {subject, code}: FaultSource): RequestedFault {
  const [head = '', ...members] = text.split(',').map(part => part.trim());
  const [name = '', ...rest] = head.split(':');
  const fail = (expected: string) =>
    new RetakeError(code, `Expected ${subject} to be ${expected}, got ${JSON.stringify(text)}`, {
      hint: `Write NAME, NAME:ARGUMENT or NAME:ARGUMENT,times=COUNT with one of the names ${faultNames.join(', ')}.`,
    });
  if (!isFaultName(name)) throw fail(`one of ${faultNames.join(', ')}`);
  const argument = rest.length === 0 ? undefined : rest.join(':');
  let after: number | undefined;
  let times: number | undefined;
  for (const member of members) {
    const [key = '', value = ''] = member.split('=');
    const count = countOf(value);
    if (key === 'times' && count !== undefined && count > 0) times = count;
    else if (key === 'after' && count !== undefined && isLate(name)) after = count;
    else throw fail(expectedMember(name));
  }
  const fault = faultOf(name, {argument, after, fail});
  return {fault: {...fault, text: after === undefined ? head : `${head},after=${after}`}, times};
}

type Arguments = {
  readonly argument: string | undefined;
  readonly after: number | undefined;
  readonly fail: (expected: string) => RetakeError;
};

function faultOf(name: FaultName, {argument, after, fail}: Arguments) {
  /** The argument as a whole number. */
  const whole = (fallback: number, noun: string, least = 0) => {
    const count = argument === undefined ? fallback : countOf(argument);
    if (count === undefined || count < least) throw fail(`${name}:${noun} with a whole number from ${least}`);
    return count;
  };
  switch (name) {
    case 'rate-limit':
      return {name, after, retryAfter: secondsOf(argument, name, fail) ?? 1000};
    case 'overloaded':
      return {name, after, retryAfter: secondsOf(argument, name, fail)};
    case 'server-error':
      if (argument !== undefined) throw fail('server-error without an argument');
      return {name, after};
    case 'timeout':
      return argument === undefined ? {name} : {name, after: whole(0, 'MILLISECONDS')};
    case 'cut':
    case 'malformed':
      return {name, events: whole(1, 'EVENTS')};
    case 'slow': {
      const [first = '1000', between = first, ...more] = argument?.split('/') ?? ['1000', '100'];
      const [waitFirst, waitBetween] = [countOf(first), countOf(between)];
      if (waitFirst === undefined || waitBetween === undefined || more.length > 0)
        throw fail('slow:FIRST/BETWEEN in whole milliseconds');
      return {name, first: waitFirst, between: waitBetween};
    }
    case 'content-filter':
      return {name, words: whole(0, 'WORDS')};
    case 'max-tokens':
      return {name, words: whole(1, 'WORDS')};
    default:
      return unreachable(name);
  }
}

/** Seconds, as in the header retry-after, in milliseconds. A client is told fractions too. */
function secondsOf(
  argument: string | undefined,
  name: FaultName,
  fail: Arguments['fail'],
): number | undefined {
  if (argument === undefined) return undefined;
  if (/^\d{1,7}(?:\.\d{1,3})?$/.test(argument)) return Math.round(Number(argument) * 1000);
  throw fail(`${name}:SECONDS with a number of seconds`);
}

/** At most what a timer can wait. */
function countOf(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function isFaultName(name: string): name is FaultName {
  return faultNames.some(known => known === name);
}

/** Whether the fault can come after the first events of a stream. */
function isLate(name: FaultName): boolean {
  return name === 'rate-limit' || name === 'overloaded' || name === 'server-error';
}

function expectedMember(name: FaultName): string {
  const members = isLate(name) ? 'times=COUNT or after=EVENTS' : 'times=COUNT';
  return `${name} followed only by ${members}, with a whole number`;
}
