import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {temporaryFolder} from '../support/temporary-folder.js';

test('what the pages of the site load and link to is there', async t => {
  const {present, pages} = await builtSite(t);
  t.true(pages.size > 50);
  const ids = new Map([...pages].map(([path, html]) => [path, new Set(matchesOf(html, / id="([^"]+)"/g))]));
  const missing: string[] = [];
  for (const [path, html] of pages) {
    const [main = ''] = /<main[\s\S]*<\/main>/.exec(html) ?? [];
    const loaded = matchesOf(html, / (?:src|href)="(\/assets\/[^"]+)"/g);
    for (const address of [...loaded, ...matchesOf(main, / href="([^"]+)"/g)]) {
      const {origin, pathname, hash} = new URL(address, `http://site${path}`);
      if (origin !== 'http://site') continue;
      const file = [pathname, `${pathname}.html`, `${pathname}index.html`].find(one => present.has(one));
      const known = file === undefined ? undefined : ids.get(file);
      const isThere = file !== undefined && (hash === '' || known?.has(decodeURIComponent(hash.slice(1))));
      if (!isThere) missing.push(`${path}: ${address}`);
    }
  }
  t.deepEqual(missing, []);
});

async function builtSite(t: ExecutionContext) {
  const site = join(await temporaryFolder(t), 'site');
  const vitepress = join('node_modules', 'vitepress', 'bin', 'vitepress.js');
  await execa(process.execPath, [vitepress, 'build', 'docs', '--outDir', site]);
  const files = await readdir(site, {recursive: true});
  const present = new Set(files.map(file => `/${file.replaceAll('\\', '/')}`));
  const pages = new Map<string, string>();
  for (const path of present)
    if (path.endsWith('.html')) pages.set(path, await readFile(join(site, path), 'utf8'));
  return {present, pages};
}

function matchesOf(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => found);
}
