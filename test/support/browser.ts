import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {type ExecutionContext, registerCompletionHandler} from 'ava';
import {type Browser, type BrowserContextOptions, chromium, type Page} from 'playwright-core';
import {temporaryFolder} from './temporary-folder.js';

export type OpenedPage = {
  readonly page: Page;
  /** Errors of the page, and every address that it requested besides its own. */
  readonly troubles: readonly string[];
};

let shared: Promise<Browser> | undefined;

/** One browser for all tests of a file: each has a profile of its own in it. */
export function openBrowser(): Promise<Browser> {
  if (shared === undefined) {
    const browser = chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    registerCompletionHandler(async () => (await browser).close());
    shared = browser;
  }
  return shared;
}

/** Opens HTML from disk in Chromium; the page closes with the test. */
export async function openPage(
  t: ExecutionContext,
  html: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const file = join(await temporaryFolder(t), 'page.html');
  await writeFile(file, html);
  return visit(t, pathToFileURL(file).href, options);
}

/** Opens an address in Chromium; the page closes with the test. A server may be asked again, other servers may not. */
export async function visit(
  t: ExecutionContext,
  address: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await (await openBrowser()).newContext(options);
  t.teardown(() => context.close());
  const page = await context.newPage();
  const {origin} = new URL(address);
  const isOwn = (asked: string) =>
    asked === address || (origin !== 'null' && new URL(asked).origin === origin);
  const troubles: string[] = [];
  page.on('console', message => troubles.push(`console: ${message.text()}`));
  page.on('pageerror', error => troubles.push(`error: ${error.message}`));
  page.on('dialog', dialog => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', request => {
    const asked = request.url();
    if (!isOwn(asked) && !asked.startsWith('data:')) troubles.push(`request: ${asked}`);
  });
  await page.goto(address, {timeout: 100_000});
  return {page, troubles};
}

/**
 * Loads a page again once Chromium has its local storage: under load, about one write in a hundred that comes right before a reload is not
 * there after it.
 */
export async function reloadStored(page: Page): Promise<void> {
  const stored = 'JSON.stringify(localStorage)';
  const expected = await page.evaluate(stored);
  for (;;) {
    const other = await page.context().newPage();
    await other.goto(page.url());
    const found = await other.evaluate(stored);
    await other.close();
    if (found === expected) break;
  }
  await page.reload();
}
