import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {temporaryFolder} from '../support/build-proxy.js';
import {writeCassette} from '../support/cassette-files.js';
import {recordingOf} from '../support/recordings.js';
import {liveProxy} from './live-proxy.js';
import {ways} from './ways.js';

for (const mode of ['auto', 'record'] as const) {
  test(`mode ${mode} reports a cassette that cannot be written before it asks the model`, async t => {
    const folder = await temporaryFolder(t);
    // Recordings are kept in this folder first. No user can create it where there is a file.
    await writeFile(join(folder, '.retake'), '');
    const live = await liveProxy(t, {mode, cassette: join(folder, 'a.cassette')});
    for (const way of ways) {
      const response = await live.post(way.path, way.ask('hi'));
      t.is(response.status, 500, way.name);
      t.regex(await response.text(), /The cassette .*a\.cassette cannot be written/, way.name);
    }
    t.is(live.upstream.requests.length, 0);
    t.like(await live.proxy.verdict(), {failed: ways.length, recorded: 0});
  });
}

test('what is recorded is replayed all the same', async t => {
  const folder = await temporaryFolder(t);
  const cassette = await writeCassette(join(folder, 'sub.cassette'), [recordingOf('hi', 'Hello')]);
  await rm(join(folder, '.retake'), {recursive: true});
  await writeFile(join(folder, '.retake'), '');
  const live = await liveProxy(t, {mode: 'auto', cassette});
  for (const way of ways) {
    const response = await live.post(way.path, way.ask('hi'));
    t.is(way.read(await response.text()).candidates[0]?.text, 'Hello', way.name);
  }
});
