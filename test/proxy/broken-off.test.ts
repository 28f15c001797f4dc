import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {buildProxy} from '../support/build-proxy.js';
import {writeCassette} from '../support/cassette-files.js';
import {recordingOf, takeOf} from '../support/recordings.js';
import {temporaryFolder} from '../support/temporary-folder.js';
import {openaiStream, openaiUnary, type Way} from './ways.js';

/** A cassette with two takes of one question; each is played in about a second at half the speed. */
async function proxyWithTwoTakes(t: Parameters<typeof buildProxy>[0]) {
  const slow = (text: string, recordedAt: number) => takeOf([...Array(40).fill('. '), text], recordedAt);
  const cassette = await writeCassette(`${await temporaryFolder(t)}/two.cassette`, [
    recordingOf('hi', slow('first', 1_760_000_000_000), 0),
    recordingOf('hi', slow('second', 1_760_000_001_000), 1),
  ]);
  return buildProxy(t, {mode: 'replay', pace: 0.5, cassette});
}

for (const way of [openaiStream, openaiUnary] satisfies readonly Way[]) {
  test(`a take whose playing was broken off (${way.name}) is played again`, async t => {
    const {url, post} = await proxyWithTwoTakes(t);
    for (let time = 0; time < 2; time++) {
      const leaving = new AbortController();
      const asked = fetch(url + way.path, {
        method: 'POST',
        body: JSON.stringify(way.ask('hi')),
        signal: leaving.signal,
      });
      asked.catch(() => {});
      if (way.streams) await (await asked).body?.getReader().read();
      else await sleep(300);
      leaving.abort();
      await sleep(200);
    }
    const texts: (string | undefined)[] = [];
    for (let asking = 0; asking < 3; asking++) {
      const response = await post(way.path, way.ask('hi'));
      texts.push(way.read(await response.text()).candidates[0]?.text?.replaceAll('. ', ''));
    }
    t.deepEqual(texts, ['first', 'second', 'second']);
  });
}
