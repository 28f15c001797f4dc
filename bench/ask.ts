import {questionHeaders, questionPath} from './question.js';
import type {ServerProcess} from './servers/server-process.js';

/** Sends one request to a replaying server, and checks that the answer is a recorded one. */
export async function askRecorded({url}: Pick<ServerProcess, 'url'>, body: string): Promise<string> {
  const response = await fetch(url + questionPath, {method: 'POST', headers: questionHeaders, body});
  const text = await response.text();
  if (response.headers.get('x-retake') !== 'hit') throw new Error(`Expected a recorded answer, got: ${text}`);
  return text;
}

/** The events of a stream, each as it is written. */
export function splitEvents(stream: string): string[] {
  return stream.split(/(?<=\n\n)/);
}
