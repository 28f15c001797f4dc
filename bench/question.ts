/** Where every question of the benchmarks goes. */
export const questionPath = '/v1/chat/completions';

const filler = 'The quick brown fox jumps over the lazy dog while the band plays on. '.repeat(12);

/** The body of a question: about 1 KB, another one for each number. */
export function questionBody(number: number, {stream = false}: {readonly stream?: boolean} = {}): string {
  return JSON.stringify({
    model: 'gpt-4o-mini',
    messages: [
      {role: 'system', content: 'You are a helpful assistant.'},
      {role: 'user', content: `Question ${number}. ${filler}`},
    ],
    temperature: 0.7,
    ...(stream && {stream: true}),
  });
}

/** The bodies of the first questions. */
export function questionBodies(
  count: number,
  options?: Parameters<typeof questionBody>[1],
): [string, ...string[]] {
  const others = Array.from({length: count - 1}, (_, index) => questionBody(index + 1, options));
  return [questionBody(0, options), ...others];
}

export const questionHeaders = {'content-type': 'application/json'};
