import autocannon from 'autocannon';
import {questionHeaders, questionPath} from './question.js';

export type Load = {
  /** The bodies that are asked with, in turn. */
  readonly bodies: readonly string[];
  /** Makes the bytes of each request new, by a query that means nothing. */
  readonly neverTheSame?: boolean;
};

/** As many requests are under way at any time. */
const connections = 50;

/** Asks a server for some seconds; resolves to the requests that were answered and the seconds that took. */
export async function putLoad(
  url: string,
  {bodies, neverTheSame = false}: Load,
  seconds: number,
): Promise<{readonly requests: number; readonly seconds: number}> {
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    sampleInt: 100,
    method: 'POST',
    headers: questionHeaders,
    requests: neverTheSame ? [newRequest(bodies)] : bodies.map(body => ({path: questionPath, body})),
  });
  if (result.errors > 0 || result.non2xx > 0) {
    throw new Error(`${url} failed ${result.errors} requests, and refused ${result.non2xx}`);
  }
  return {requests: result.requests.total, seconds: result.duration};
}

let asked = 0;

function newRequest(bodies: readonly string[]): autocannon.Request {
  return {
    setupRequest(request) {
      asked++;
      return {...request, path: `${questionPath}?asked=${asked}`, body: bodies[asked % bodies.length]};
    },
  };
}
