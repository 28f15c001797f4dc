/** The path of every benchmark request. */
export const questionPath = '/v1/chat/completions';

const filler = 'The quick brown fox jumps over the lazy dog while the band plays on. '.repeat(12);

export type QuestionOptions = {
  readonly stream?: boolean;
  readonly system?: string;
  /** Appended to the question. */
  readonly addition?: string;
};

/** A request body of about 1 KB, different for each number. */
export function questionBody(number: number, options: QuestionOptions = {}): string {
  const {stream = false, system = 'You are a helpful assistant.', addition = ''} = options;
  return JSON.stringify({
    model: 'gpt-4o-mini',
    messages: [
      {role: 'system', content: system},
      {role: 'user', content: `Question ${number}. ${filler}${addition}`},
    ],
    temperature: 0.7,
    ...(stream && {stream: true}),
  });
}

/** The bodies of the first requests. */
export function questionBodies(count: number, options?: QuestionOptions): [string, ...string[]] {
  const others = Array.from({length: count - 1}, (_, index) => questionBody(index + 1, options));
  return [questionBody(0, options), ...others];
}

export const questionHeaders = {'content-type': 'application/json'};
