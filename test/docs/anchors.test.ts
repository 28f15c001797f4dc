import {readFileSync} from 'node:fs';
import {dirname, join, normalize} from 'node:path';
import test from 'ava';
import {execa} from 'execa';

/** The slugs of a page's headings, as GitHub gives them: https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links */
function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutCode(page).matchAll(/^#{1,6} +(.+)$/gm)) {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, '');
    const slug = text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-');
    let unique = slug;
    for (let count = 1; anchors.has(unique); count++) unique = `${slug}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}

function withoutCode(page: string): string {
  return page.replaceAll(/^( *`{3,}).*\n[\s\S]*?^\1 *$/gm, '');
}

test('every link to a section of a page leads there on GitHub', async t => {
  const {stdout} = await execa('git', ['ls-files', '*.md']);
  const pages = new Map(stdout.split('\n').map(path => [path, readFileSync(path, 'utf8')]));
  let links = 0;
  for (const [path, page] of pages) {
    for (const [, target = '', anchor = ''] of withoutCode(page).matchAll(/\]\(([^)\s:#]*)#([^)\s]+)\)/g)) {
      const file = target === '' ? path : normalize(join(dirname(path), target));
      const leadsThere = pages.has(file) && anchorsOf(pages.get(file) ?? '').has(decodeURIComponent(anchor));
      t.true(leadsThere, `${path}: ${target}#${anchor}`);
      links++;
    }
  }
  t.true(links > 50);
});
