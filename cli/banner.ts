import type {ProxyStatus} from '../src/index.js';
import {describeState} from './upstream-progress.js';

/** What `retake serve` says when its port is open, with a question that can be pasted for each API. */
export function describeService(address: string, {mode, cassette, upstream}: ProxyStatus): string {
  return `retake listens on ${address}

  mode      ${mode}: ${modeDescriptions[mode]}
  cassette  ${cassette}
  model     ${upstream ? describeState(upstream) : 'none, and none is needed'}

Ask it as Gemini or as OpenAI:

  ${curl(`${address}/v1beta/models/gemini-2.5-flash:generateContent`, {contents: [{parts: [{text: question}]}]})}

  ${curl(`${address}/v1/chat/completions`, {model: 'gpt-4o', messages: [{role: 'user', content: question}]})}

Ctrl-C ends it.
`;
}

const question = 'What is the capital of France?';

const modeDescriptions = {
  replay: 'answers from the cassette alone',
  auto: 'answers what is recorded, asks the model for the rest and records it',
  record: 'asks the model for everything and records it anew',
  passthrough: 'asks the model for everything and keeps nothing',
} as const satisfies Record<ProxyStatus['mode'], string>;

function curl(url: string, body: object): string {
  return `curl -s ${url} -H 'content-type: application/json' -d '${JSON.stringify(body)}'`;
}
