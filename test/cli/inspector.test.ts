import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {writeCassette} from '../support/cassette-files.js';
import {recordingOf} from '../support/recordings.js';
import {retake, serve} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

test('the published program has the inspector, which changes the configuration file that was read', async t => {
  const directory = await temporaryFolder(t);
  const configFile = join(directory, 'retake.config.json');
  await writeFile(configFile, '{\n  "cassette": "a.cassette"\n}\n');
  await writeCassette(join(directory, 'a.cassette'), [recordingOf('Today is 2026-11-03.', 'A Tuesday.')]);
  const {address, child} = await serve(t, ['--mode', 'replay'], {directory});
  const page = await (await fetch(address, {headers: {accept: 'text/html'}})).text();
  const files = [...page.matchAll(/(?:src|href)="(\/_retake\/ui\/[^"]+)"/g)].map(([, path = '']) => path);
  t.is(files.length, 2);
  for (const path of files) t.is((await fetch(address + path)).status, 200, path);

  const ask = (base: string) =>
    fetch(`${base}/v1/chat/completions`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({model: 'gpt-4o', messages: [{role: 'user', content: 'Today is 2026-11-29.'}]}),
    });
  t.is((await ask(address)).status, 400);
  const rule = `${address}/_retake/ui/exchanges/1/ignore`;
  const shown = await (await fetch(rule)).text();
  const [, digest] = /data-digest="([^"]+)"/.exec(shown) ?? [];
  const [, token = ''] = /name="retake-token" content="([^"]+)"/.exec(page) ?? [];
  const written = await fetch(rule, {
    method: 'POST',
    headers: {'x-retake-token': token, 'content-type': 'application/json'},
    body: JSON.stringify({digest}),
  });
  t.is(written.status, 200, await written.text());
  t.is(await readFile(configFile, 'utf8'), '{\n  "cassette": "a.cassette",\n  "ignore": ["iso-date"]\n}\n');

  // What the page says to do next.
  child.kill('SIGTERM');
  await child;
  const rekeyed = await retake(t, ['rekey'], {directory});
  t.is(rekeyed.exitCode, 0, rekeyed.stderr);
  const again = await serve(t, ['--mode', 'replay'], {directory});
  t.is((await ask(again.address)).headers.get('x-retake'), 'hit');
});
