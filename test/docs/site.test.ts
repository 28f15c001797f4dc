import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import process from 'node:process';
import test from 'ava';
import {execa} from 'execa';
import {temporaryFolder} from '../support/temporary-folder.js';

test('every file that a page of the site loads is there', async t => {
  const site = join(await temporaryFolder(t), 'site');
  const vitepress = join('node_modules', 'vitepress', 'bin', 'vitepress.js');
  await execa(process.execPath, [vitepress, 'build', 'docs', '--outDir', site]);
  const files = await readdir(site, {recursive: true});
  const present = new Set(files.map(file => `/${file.replaceAll('\\', '/')}`));
  const pages = files.filter(file => file.endsWith('.html'));
  t.true(pages.length > 50);
  const missing = new Set<string>();
  for (const page of pages) {
    const html = await readFile(join(site, page), 'utf8');
    for (const [, address = ''] of html.matchAll(/ (?:src|href)="(\/assets\/[^"#?]+)"/g))
      if (!present.has(address)) missing.add(address);
  }
  t.deepEqual([...missing], []);
});
