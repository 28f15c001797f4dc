import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import type {ExecutionContext} from 'ava';
import {type BrowserContextOptions, chromium, type Page} from 'playwright-core';
import {temporaryFolder} from './temporary-folder.js';

export type OpenedPage = {
  readonly page: Page;
  /** Errors of the page, and every address that it requested besides its own. */
  readonly troubles: readonly string[];
};

/** Opens HTML from disk in Chromium; the browser closes with the test. */
export async function openPage(
  t: ExecutionContext,
  html: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const file = join(await temporaryFolder(t), 'page.html');
  await writeFile(file, html);
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  t.teardown(() => browser.close());
  const page = await browser.newPage(options);
  const address = pathToFileURL(file).href;
  const troubles: string[] = [];
  page.on('console', message => troubles.push(`console: ${message.text()}`));
  page.on('pageerror', error => troubles.push(`error: ${error.message}`));
  page.on('dialog', dialog => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', request => {
    const asked = request.url();
    if (asked !== address && !asked.startsWith('data:')) troubles.push(`request: ${asked}`);
  });
  await page.goto(address);
  return {page, troubles};
}
