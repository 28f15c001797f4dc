import type {Dialect} from '../../dialects/dialect.js';
import {builtInDialects} from '../../dialects/registry.js';
import {RetakeError} from '../../errors.js';
import {type KnownProvider, knownProviders} from '../../upstream/providers/provider-address.js';

/** The API that an exchange was with; or why it is none that retake reads. */
export type ApiOfExchange =
  | {readonly provider: KnownProvider}
  | {readonly isForeign: boolean; readonly reason: string};

/** Hosts of an API besides the one that its SDKs have as their default: regions, and clouds that serve the same paths. */
const furtherHosts: Readonly<Record<string, RegExp>> = {
  gemini: /(?:^|-|\.)aiplatform\.googleapis\.com$/,
  openai: /\.api\.openai\.com$|\.openai\.azure\.com$|\.cognitiveservices\.azure\.com$/,
  anthropic: /\.api\.anthropic\.com$/,
};

const dialects: readonly Dialect[] = builtInDialects.map(({create}) =>
  create({
    now: () => 0,
    localModel: () => undefined,
    send: () => Promise.reject(new RetakeError('internal', 'Nothing is sent while importing')),
  }),
);

/**
 * Finds the API by its host. At any other host, it is the one that the user named, if the path is one of its endpoints: a gateway, a mock server
 * or a stand-in.
 */
export function apiOfExchange(url: URL, method: string, named: string | undefined): ApiOfExchange {
  const known = knownProviders.find(({name, baseUrl}) => isHostOf(name, baseUrl, url.hostname));
  if (known) return {provider: known};
  const endpointOf = ({locate}: Dialect) => locate(method, url.pathname) !== undefined;
  const provider = knownProviders.find(({name}) => name === named);
  if (provider && dialects.some(dialect => dialect.name === named && endpointOf(dialect))) return {provider};
  const alike = dialects.find(
    dialect =>
      endpointOf(dialect) &&
      dialect.claims({path: url.pathname, query: url.searchParams, headers: {}}) === 'certain',
  );
  if (!alike) return {isForeign: true, reason: 'the host is none of the APIs that retake serves'};
  return {
    isForeign: false,
    reason: `the host ${url.host} is not the one of the API, although its path is: to import it, name the API with the option \`dialect\` (${alike.name})`,
  };
}

function isHostOf(name: string, baseUrl: string, host: string): boolean {
  return new URL(baseUrl).hostname === host || (furtherHosts[name]?.test(host) ?? false);
}
