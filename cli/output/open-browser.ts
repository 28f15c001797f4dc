import open from 'open';
import {isContinuousIntegration} from '../../src/config/continuous-integration.js';
import type {Environment} from '../../src/config/load-config.js';

/**
 * Opens a page in the default browser, unless retake runs in CI or without a terminal. Only this file imports `open`.
 * @returns why it was not opened
 */
export async function openBrowser(
  page: string,
  {environment, isTerminal}: {readonly environment: Environment; readonly isTerminal: boolean},
): Promise<string | undefined> {
  if (isContinuousIntegration(environment)) return 'in CI';
  if (!isTerminal) return 'without a terminal';
  try {
    await open(page);
    return undefined;
  } catch (cause) {
    return `because no browser can be started: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}

/** The address for a browser on this machine. `localhost` is what the rest of retake calls it. */
export function browserAddress(address: string): string {
  const url = new URL(address);
  if (['127.0.0.1', '0.0.0.0', '[::1]', '[::]'].includes(url.hostname)) url.hostname = 'localhost';
  return url.href;
}
