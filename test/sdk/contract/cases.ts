/** The requests sent through every SDK, in this order: those up to the upload are recorded, then come the ways in which a request can fail. */
export const recordedCases = [
  'unary',
  'stream',
  'system',
  'multi-turn',
  'structured output',
  'tool loop',
  'image',
  'PDF',
  'candidates',
  'logprobs',
  'token count',
  'embeddings',
  'models',
  'upload',
] as const;

export const failingCases = ['error shapes', 'a miss', 'failure', 'failure in mid-stream'] as const;

export const caseNames = [...recordedCases, ...failingCases, 'abort in mid-stream'] as const;

export type RecordedCase = (typeof recordedCases)[number];
export type FailingCase = (typeof failingCases)[number];
export type CaseName = (typeof caseNames)[number];

/** Cases in which an SDK sends a different request than the others, so that its answer is recorded through it. */
export const askedOtherwise: readonly {readonly sdk: string; readonly name: RecordedCase}[] = [
  // Both wrap the result of a function, and the model reads the wrapper.
  {sdk: 'ai-sdk-google', name: 'tool loop'},
  {sdk: 'langchain-google', name: 'tool loop'},
];

/** The member of seen.json with the result of a case through an SDK. */
export function seenAt(sdk: string, name: RecordedCase): string {
  const isOwn = askedOtherwise.some(other => other.sdk === sdk && other.name === name);
  return isOwn ? `${sdk}: ${name}` : name;
}
