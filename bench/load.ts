import autocannon from 'autocannon';
import {questionHeaders, questionPath} from './question.js';

export type Load = {
  /** The request bodies, used in turn. */
  readonly bodies: readonly string[];
  /** Makes the bytes of each request new, with a query parameter that has no effect. */
  readonly neverTheSame?: boolean;
};

/** The number of parallel requests. */
const connections = 50;

/** Sends requests to a server for some seconds; resolves to the number of answered requests and the elapsed seconds. */
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
