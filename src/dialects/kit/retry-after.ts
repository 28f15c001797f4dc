/** When a client may try again, in the headers that its SDK reads: whole seconds, and exact milliseconds for a part of a second. */
export function retryAfterHeaders(milliseconds: number | undefined): Readonly<Record<string, string>> {
  if (milliseconds === undefined) return {};
  const seconds = {'retry-after': String(Math.ceil(milliseconds / 1000))};
  return milliseconds % 1000 === 0 ? seconds : {...seconds, 'retry-after-ms': String(milliseconds)};
}

/** `1.5s` */
export function secondsText(milliseconds: number): string {
  return `${milliseconds / 1000}s`;
}
