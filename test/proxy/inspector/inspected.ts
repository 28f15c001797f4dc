import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import type {BrowserContextOptions, Page} from 'playwright-core';
import {compareWithHead} from '../../../src/operations/compare-with-head.js';
import {visit} from '../../support/browser.js';
import {temporaryFolder} from '../../support/temporary-folder.js';
import {type LiveProxyOptions, liveProxy} from '../live-proxy.js';
import {openaiUnary} from '../ways.js';

/** A proxy on a folder in which `recorded` is recorded in the cassette `suite`; it may record others if a request says so. */
export async function inspected(
  t: ExecutionContext,
  recorded: readonly string[],
  {folder: given, ...options}: LiveProxyOptions & {readonly folder?: string} = {},
) {
  const folder = given ?? (await temporaryFolder(t));
  const cassette = join(folder, 'cassettes');
  const recorder = await liveProxy(t, {cassette});
  for (const text of recorded) await ask(recorder.url, text);
  await recorder.proxy.close();
  const configFile = join(folder, 'retake.config.json');
  const proxy = await liveProxy(t, {
    ...{cassette, mode: 'replay', allowModeOverride: true, inspector: {configFile, compareWithHead}},
    ...options,
  });
  return {...proxy, folder, configFile};
}

/** Sends a question to the cassette `suite`, or to another base URL. */
export async function ask(
  base: string,
  text: string,
  {headers = {}, system}: {headers?: Record<string, string>; system?: string} = {},
): Promise<Response> {
  const address = base.includes('/@') ? base : `${base}/@suite`;
  const body = openaiUnary.ask(text) as {messages: object[]};
  if (system !== undefined) body.messages.unshift({role: 'system', content: system});
  const response = await fetch(`${address}${openaiUnary.path}`, {
    method: 'POST',
    headers: {'content-type': 'application/json', ...headers},
    body: JSON.stringify(body),
  });
  await response.clone().text();
  return response;
}

/** Opens the inspector, and waits until it follows the requests. */
export async function openInspector(
  t: ExecutionContext,
  address: string,
  options: BrowserContextOptions = {},
) {
  const opened = await visit(t, address, options);
  opened.page.setDefaultTimeout(60_000);
  await untilLive(opened.page);
  return opened;
}

export async function untilLive(page: Page): Promise<void> {
  await page.locator('.connection.is-live').waitFor({state: 'attached'});
}

/** The questions of the rows in the document, from the top. */
export function questionsIn(page: Page): Promise<unknown> {
  return page.evaluate(`[...document.querySelectorAll('.list .row')]
    .sort((a, b) => a.getAttribute('aria-posinset') - b.getAttribute('aria-posinset'))
    .map(row => row.querySelector('.question').textContent)`);
}
