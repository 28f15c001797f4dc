/** The tests of a file, as jest-circus keeps them while it runs the file. */
type Entry =
  | {readonly type: 'describeBlock'; readonly children: readonly Entry[]}
  | {readonly type: 'test'; readonly status?: string | null; readonly errors: readonly unknown[]};

/** Whether every test of this file ran and passed: none was skipped, filtered or failed. False with another runner than jest-circus. */
export function allTestsPassed(): boolean {
  const symbol = Object.getOwnPropertySymbols(globalThis).find(
    ({description}) => description === 'JEST_STATE_SYMBOL',
  );
  if (symbol === undefined) return false;
  const {rootDescribeBlock} = (globalThis as unknown as Record<symbol, {readonly rootDescribeBlock: Entry}>)[
    symbol
  ] as {readonly rootDescribeBlock: Entry};
  return hasPassed(rootDescribeBlock);
}

function hasPassed(entry: Entry): boolean {
  if (entry.type === 'describeBlock') return entry.children.every(hasPassed);
  return entry.status === 'done' && entry.errors.length === 0;
}
