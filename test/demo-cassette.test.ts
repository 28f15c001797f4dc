import {readFileSync} from 'node:fs';
import test from 'ava';
import {execa} from 'execa';
import {describeService} from '../cli/output/banner.js';
import {verifyCassette} from '../src/operations/verify-cassette.js';
import {buildProxy} from './support/build-proxy.js';

const demo = 'cassettes/demo.cassette';

test('the demo cassette is valid and canonical', async t => {
  t.deepEqual((await verifyCassette(demo)).findings, []);
});

test('the demo cassette answers the curl lines of the banner', async t => {
  const before = readFileSync(demo);
  const {url} = await buildProxy(t, {mode: 'replay', cassette: demo});
  const banner = describeService(url, {mode: 'replay', cassette: demo, ready: true}, '.');
  const commands = [...banner.matchAll(/^ {2}(curl .*)$/gm)].map(([, command = '']) => command);
  t.is(commands.length, 3);
  for (const command of commands) {
    const {stdout} = await execa({shell: true})`${command}`;
    t.regex(stdout, /The capital of France is Paris\./);
  }
  t.deepEqual(readFileSync(demo), before);
});
