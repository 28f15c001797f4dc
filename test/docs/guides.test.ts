import {readFileSync} from 'node:fs';
import {pathToFileURL} from 'node:url';
import test from 'ava';

type Item = {readonly text: string; readonly link: string};
type Site = {readonly themeConfig: {readonly sidebar: readonly {text: string; items: readonly Item[]}[]}};

test('each guide begins with something to paste', async t => {
  const config: {default: Site} = await import(pathToFileURL('docs/.vitepress/config.mjs').href);
  const {items = []} = config.default.themeConfig.sidebar.find(({text}) => text === 'Guides') ?? {};
  t.true(items.length > 20);
  for (const {link} of items)
    t.regex(
      readFileSync(`docs${link}.md`, 'utf8'),
      /^# .+\n\n```(?:sh|js|json|python|toml|yaml|groovy|go)\n/,
      link,
    );
});
