/**
 * Something that goes wrong with a model, played on request: what an application does about it can then be tested.
 *
 *     NAME[:ARGUMENT][,after=EVENTS][,times=COUNT]
 */
export type Fault = (Refusal | Silence | Break | Delay | Limit) & {
  /** The fault as it was requested, without `times`: `cut:3`. */
  readonly text: string;
};

/** An error of the API instead of an answer. */
export type Refusal = {
  readonly name: 'rate-limit' | 'overloaded' | 'server-error';
  /** Milliseconds after which the client may try again, as the response says. */
  readonly retryAfter?: number | undefined;
  /** The events of a stream after which the error comes. Absent: at once, with the status of the error. */
  readonly after?: number | undefined;
};

/** No answer: the connection stays open until the client gives up or, if `after` is given, for that many milliseconds. */
export type Silence = {readonly name: 'timeout'; readonly after?: number | undefined};

/** An answer that stops after some events: with a broken connection, or with half an event. */
export type Break = {readonly name: 'cut' | 'malformed'; readonly events: number};

/** A late answer: milliseconds before the first event, and before each event that follows. */
export type Delay = {readonly name: 'slow'; readonly first: number; readonly between: number};

/** An answer that the model ends after some words, with the finish reason that says why. */
export type Limit = {readonly name: 'content-filter' | 'max-tokens'; readonly words: number};

export type FaultName = Fault['name'];

export const faultNames = [
  'rate-limit',
  'overloaded',
  'server-error',
  'timeout',
  'cut',
  'slow',
  'malformed',
  'content-filter',
  'max-tokens',
] as const satisfies readonly FaultName[];

/** Whether the fault is an error instead of an answer to this request. Only a stream can fail later. */
export function isRefusal(fault: Fault, delivery: 'unary' | 'stream'): fault is Fault & Refusal {
  return isRefusalName(fault) && (fault.after === undefined || delivery === 'unary');
}

/** Whether the fault is one of the answer's content: then it needs an answer that has text. */
export function isLimit(fault: Fault): fault is Fault & Limit {
  return fault.name === 'content-filter' || fault.name === 'max-tokens';
}

export function isRefusalName(fault: Fault): fault is Fault & Refusal {
  return fault.name === 'rate-limit' || fault.name === 'overloaded' || fault.name === 'server-error';
}
