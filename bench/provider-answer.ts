const message = {role: 'assistant', content: 'Paris. '.repeat(40), refusal: null};
const envelope = {id: 'chatcmpl-1', created: 1_760_000_000, model: 'gpt-4o'};

/** A chat completion as a server of OpenAI's API sends it. */
export const completion = JSON.stringify({
  ...envelope,
  object: 'chat.completion',
  choices: [{index: 0, message, finish_reason: 'stop', logprobs: null}],
  usage: {prompt_tokens: 12, completion_tokens: 80, total_tokens: 92},
});

/** The events of a streamed chat completion. */
export function completionEvents(deltas: number): string[] {
  return [
    ...Array.from({length: deltas}, () => eventOf({delta: {content: 'Paris. '}, finish_reason: null})),
    eventOf({delta: {}, finish_reason: 'stop'}),
    'data: [DONE]\n\n',
  ];
}

function eventOf(choice: object): string {
  return `data: ${JSON.stringify({...envelope, object: 'chat.completion.chunk', choices: [{index: 0, ...choice}]})}\n\n`;
}
