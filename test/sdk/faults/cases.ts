/** A fault that every request of an application gets, and how it asks. */
export type FaultCase = {
  /** Its name in the table of docs/faults.md. */
  readonly name: string;
  readonly fault: string;
  readonly streams: boolean;
  /** The milliseconds for which the client waits for an answer; absent: what its SDK does. */
  readonly timeout?: number;
};

/** Seconds that the rate limit tells clients to wait: longer than any SDK waits of its own accord. */
export const toldSeconds = 2;

export const faultCases: readonly FaultCase[] = [
  {name: `rate-limit:${toldSeconds}`, fault: `rate-limit:${toldSeconds}`, streams: false},
  {name: 'overloaded', fault: 'overloaded', streams: false},
  {name: 'overloaded,after=2 (stream)', fault: 'overloaded,after=2', streams: true},
  {name: 'server-error (stream)', fault: 'server-error', streams: true},
  {name: 'timeout', fault: 'timeout', streams: false, timeout: 1000},
  {name: 'cut', fault: 'cut', streams: false},
  {name: 'cut:2 (stream)', fault: 'cut:2', streams: true},
  {name: 'malformed', fault: 'malformed', streams: false},
  {name: 'malformed:2 (stream)', fault: 'malformed:2', streams: true},
  {name: 'max-tokens:2', fault: 'max-tokens:2', streams: false},
  {name: 'content-filter (stream)', fault: 'content-filter', streams: true},
];
