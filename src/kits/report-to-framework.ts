/** Throws what a test framework prints as the reason of a failure. The explanation is all there is to see: no line of a kit helps. */
export function failTest(message: string): never {
  const error = new Error(message);
  error.name = 'CassetteMiss';
  error.stack = `${error.name}: ${message}`;
  throw error;
}

/** Prints what a test file left unused, and fails it for what failed in none of its tests. */
export function reportEnd({
  failure,
  notice,
}: {
  readonly failure?: string | undefined;
  readonly notice?: string | undefined;
}): void {
  if (notice !== undefined) process.stderr.write(`\n${notice}\n`);
  if (failure !== undefined) failTest(failure);
}
