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
