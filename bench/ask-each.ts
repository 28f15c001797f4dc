import {Pool} from 'undici';
import {questionHeaders, questionPath} from './question.js';

/** Sends each body once over a few connections, and checks that each one is answered with 200. */
export async function askEach(url: string, bodies: readonly string[], connections: number): Promise<void> {
  const pool = new Pool(url, {connections, pipelining: 1});
  let next = 0;
  const ask = async () => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const response = await pool.request({
        path: questionPath,
        method: 'POST',
        headers: questionHeaders,
        body,
      });
      const text = await response.body.text();
      if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}: ${text}`);
    }
  };
  try {
    await Promise.all(Array.from({length: connections}, ask));
  } finally {
    await pool.close();
  }
}
