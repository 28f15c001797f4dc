import {readdir, readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import test from 'ava';
import {externalUpstream} from '../../src/upstream/openai-compatible/external-upstream.js';
import {buildProxy} from '../support/build-proxy.js';
import {interactionsIn} from '../support/cassette-files.js';
import {textOf} from '../support/recordings.js';
import {answering, scriptedUpstream} from '../support/scripted-upstream.js';
import {openaiStream, openaiUnary} from './ways.js';

const key = 'sk-own-4f7a91c2d08e';

const forms: readonly {readonly name: string; readonly authorization: string; readonly secret: string}[] = [
  {name: 'a bearer token', authorization: `Bearer ${key}`, secret: key},
  {name: 'a header of another name', authorization: `api-key: ${key}`, secret: key},
  {
    name: 'basic credentials',
    authorization: `Basic ${Buffer.from(`user:${key}`).toString('base64')}`,
    secret: Buffer.from(`user:${key}`).toString('base64'),
  },
];

for (const {name, authorization, secret} of forms) {
  for (const way of [openaiUnary, openaiStream]) {
    test(`the upstream's own credential is not recorded, although an answer repeats it: ${name}, ${way.name}`, async t => {
      const half = Math.floor(secret.length / 2);
      const upstream = await scriptedUpstream(
        t,
        answering(['You sent ', secret.slice(0, half), secret.slice(half), '.']),
      );
      const {post, proxy, cassette} = await buildProxy(t, {
        upstream: externalUpstream({url: upstream.url, authorization}),
      });
      await (await post(way.path, way.ask('Who am I?'))).text();
      await proxy.close();
      const [recorded] = await interactionsIn(cassette);
      t.is(textOf(recorded?.takes[0]), 'You sent <redacted:credential:1>.');
      const folder = dirname(cassette);
      for (const entry of await readdir(folder, {recursive: true, withFileTypes: true})) {
        if (!entry.isFile()) continue;
        const bytes = await readFile(join(entry.parentPath, entry.name));
        t.false(bytes.includes(secret), entry.name);
      }
    });
  }
}
