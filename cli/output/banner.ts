import {cassetteFilesAt} from '../../src/cassette/file/cassette-files-at.js';
import {countInteractions} from '../../src/cassette/file/count-interactions.js';
import {isStoreAddress} from '../../src/cassette/postgres/store-address.js';
import type {ProxyStatus} from '../../src/proxy/retake-proxy.js';
import {countOf} from './count-of.js';
import {printableLine} from './printable.js';
import {shortPath} from './short-path.js';
import {describeState} from './upstream-progress.js';

/** The banner of `retake serve`, with a curl command for each API. */
export function describeService(
  address: string,
  {mode, cassette, upstream}: ProxyStatus,
  directory: string,
): string {
  return `retake listens on ${address}

  mode      ${mode}: ${modeDescriptions[mode]}
  cassette  ${describeCassette(cassette, directory)}
  model     ${upstream ? describeState(upstream).replace(/^model /, '') : 'none (not needed)'}
  inspector ${address}/ in a browser

Try it as Gemini, OpenAI or Anthropic:

  ${curl(`${address}/v1beta/models/gemini-2.5-flash:generateContent`, {contents: [{parts: [{text: question}]}], generationConfig: {temperature: 0}})}

  ${curl(`${address}/v1/chat/completions`, {model: 'gpt-4o', messages, temperature: 0})}

  ${curl(`${address}/v1/messages`, {model: 'claude-sonnet-4-5', max_tokens: 64, messages, temperature: 0})}

Press Ctrl-C to stop.
`;
}

const question = 'What is the capital of France?';
const messages = [{role: 'user', content: question}];

const modeDescriptions = {
  replay: 'replays the cassette only',
  auto: 'replays the cassette, and records new requests',
  record: 'sends every request to the model, and records it again',
  passthrough: 'sends every request to the model, and records nothing',
} as const satisfies Record<ProxyStatus['mode'], string>;

function curl(url: string, body: object): string {
  return `curl -s ${url} -H 'content-type: application/json' -d '${JSON.stringify(body)}'`;
}

function describeCassette(path: string, directory: string): string {
  if (isStoreAddress(path)) return printableLine(path);
  const files = cassetteFilesAt(path) ?? [];
  const shown = printableLine(shortPath(path, directory));
  if (files.length === 0) return `${shown}, new`;
  const interactions = files.reduce((sum, file) => sum + countInteractions(file), 0);
  const held = countOf(interactions, 'interaction');
  return files[0] === path ? `${shown}, ${held}` : `${shown}, ${countOf(files.length, 'cassette')}, ${held}`;
}
