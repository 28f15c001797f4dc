import {isIP} from 'node:net';
import {RetakeError} from '../errors.js';

/** Whether the user has allowed the host of a URL. */
export type AllowedHosts = (url: URL) => boolean;

/**
 * Parses the option `media.allowedHosts`: `HOST` for all of its ports, `HOST:PORT` for one, `*.HOST` for all of its subdomains.
 * @throws RetakeError `invalid_setting`
 */
export function readAllowedHosts(entries: readonly string[]): AllowedHosts {
  const rules = entries.map(readRule);
  return url => rules.some(rule => matches(rule, url));
}

type Rule = {readonly host: string; readonly isSuffix: boolean; readonly port: string | undefined};

function readRule(entry: string): Rule {
  const [, star, name = '', port] =
    /^(\*\.)?(\[[^\]]+\]|[^:/?#@\s*[\]]+)(?::(\d{1,5}))?$/.exec(bracketed(entry)) ?? [];
  const host = URL.canParse(`http://${name}`) ? bare(new URL(`http://${name}`).hostname) : '';
  const isSuffix = star !== undefined;
  if (host === '' || (isSuffix && isAddress(host)) || Number(port ?? 1) > 65_535) {
    throw new RetakeError(
      'invalid_setting',
      `Expected a host, as \`HOST\`, \`HOST:PORT\` or \`*.HOST\`, got \`${entry}\``,
    );
  }
  return {host, isSuffix, port: port === undefined ? undefined : String(Number(port))};
}

function matches({host, isSuffix, port}: Rule, url: URL): boolean {
  const name = bare(url.hostname);
  if (isSuffix ? !name.endsWith(`.${host}`) : name !== host) return false;
  return port === undefined || port === (url.port || (url.protocol === 'https:' ? '443' : '80'));
}

function bracketed(entry: string): string {
  return isIP(entry) === 6 ? `[${entry}]` : entry;
}

function isAddress(host: string): boolean {
  return host.startsWith('[') || isIP(host) !== 0;
}

/** Removes the dot at the end of a fully qualified name. */
function bare(hostname: string): string {
  return hostname.replace(/\.$/, '');
}
