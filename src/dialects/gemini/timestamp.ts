/** A `google.protobuf.Timestamp` as ProtoJSON writes it. */
export function encodeTimestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** The Unix milliseconds of a Timestamp; undefined for other text. */
export function decodeTimestamp(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

/** The milliseconds of a `google.protobuf.Duration`: `3.5s`; undefined for other text. */
export function decodeDuration(text: string): number | undefined {
  const [, seconds] = /^(-?\d{1,12}(?:\.\d{1,9})?)s$/.exec(text) ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
