import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {createProxy, type ProxyOptions, type RetakeProxy} from '../../src/index.js';
import {temporaryFolder} from './temporary-folder.js';

export {temporaryFolder};

export type BuiltProxy = {
  readonly url: string;
  readonly proxy: RetakeProxy;
  /** The cassette file or folder. */
  readonly cassette: string;
  /** Sends a JSON body, or a text as it is. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
};

/** A proxy on a free port with a cassette of its own; both are removed when the test ends. */
export async function buildProxy(
  t: ExecutionContext,
  options: Partial<ProxyOptions> = {},
): Promise<BuiltProxy> {
  const cassette = options.cassette ?? join(await temporaryFolder(t), 'test.cassette');
  const media = {rasterizer: {path: process.env['PATH'] ?? ''}, ...options.media};
  const proxy = await createProxy({
    mode: 'auto',
    allowMissingCassettes: options.cassette === undefined,
    ...options,
    media,
    cassette,
  });
  const url = await proxy.listen();
  // Answers that nobody waits for any more need not come.
  t.teardown(() => proxy.close({finishTimeout: 0}));
  return {
    url,
    proxy,
    cassette,
    post: (path, body, headers = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: {'content-type': 'application/json', ...headers},
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  };
}
