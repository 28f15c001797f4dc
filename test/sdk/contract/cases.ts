/** What is asked through every SDK, in this order: up to the upload it is recorded, and then come the ways in which a question can fail. */
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

/** Cases in which an SDK asks something else than the others, so that its answer is recorded through it. */
export const askedOtherwise: readonly {readonly sdk: string; readonly name: RecordedCase}[] = [
  // Both wrap what a function returned, and the model reads the wrapping.
  {sdk: 'ai-sdk-google', name: 'tool loop'},
  {sdk: 'langchain-google', name: 'tool loop'},
];

/** Where seen.json has what was seen in a case through an SDK. */
export function seenAt(sdk: string, name: RecordedCase): string {
  const isOwn = askedOtherwise.some(other => other.sdk === sdk && other.name === name);
  return isOwn ? `${sdk}: ${name}` : name;
}
