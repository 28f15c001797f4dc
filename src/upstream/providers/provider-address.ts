import type {ProviderTraits} from '../../dialects/dialect.js';
import {builtInDialects} from '../../dialects/registry.js';
import {RetakeError} from '../../errors.js';
import {parseServerAddress, type ServerAddress} from '../openai-compatible/wire/server-address.js';

/** An API with a provider, by the name of its dialect. */
export type KnownProvider = ProviderTraits & {readonly name: string};

export const knownProviders: readonly KnownProvider[] = builtInDialects.flatMap(({name, provider}) =>
  provider ? [{name, ...provider}] : [],
);

/** The base URL of each provider, as its SDK takes it; those that are absent are the official ones. */
export type ProviderUrls = Readonly<Record<string, string | undefined>>;

export type ProviderAddress = {
  readonly server: ServerAddress;
  /** The target of a client's path and query at the provider. */
  target(path: string, query: string): string;
  /** The path of a URL of the provider as a client sends it, if it is one. */
  clientPath(url: string): string | undefined;
};

/** @throws RetakeError `invalid_setting` */
export function providerAddress(
  {name, baseUrl, version}: KnownProvider,
  url: string = baseUrl,
): ProviderAddress {
  const server = parseServerAddress(url);
  if (server.userInfo) {
    throw new RetakeError(
      'invalid_setting',
      `Expected the option \`upstream.${name}\` to be a URL without a name and password`,
      {hint: "The client's own credential is sent to it."},
    );
  }
  const base = segmentsOf(new URL(url).pathname);
  return {
    server,
    target(path, query) {
      const own = withoutPrefix(segmentsOf(path), name);
      const root = version !== undefined && base.length === 0 ? [version] : base;
      const rest = version !== undefined && own[0] === version ? own.slice(1) : own;
      const joined = [...root, ...rest.slice(overlap(root, rest))].join('/');
      return `/${joined}${joinQuery(server.query, query)}`;
    },
    clientPath(given) {
      if (!URL.canParse(given)) return undefined;
      const {origin, pathname, search} = new URL(given);
      if (origin !== server.origin) return undefined;
      const prefix = `/${base.join('/')}`;
      const isBelow = base.length > 0 && pathname.startsWith(`${prefix}/`);
      return `${isBelow ? pathname.slice(prefix.length) : pathname}${search}`;
    },
  };
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter(segment => segment !== '');
}

/** Gateways put the name of an API in front of its paths. */
function withoutPrefix(segments: readonly string[], name: string): readonly string[] {
  return segments[0] === name ? segments.slice(1) : segments;
}

/** How many segments at the end of a base URL a path repeats at its beginning. */
function overlap(base: readonly string[], path: readonly string[]): number {
  for (let count = Math.min(base.length, path.length); count > 0; count--) {
    if (base.slice(-count).every((segment, index) => segment === path[index])) return count;
  }
  return 0;
}

function joinQuery(own: string, given: string): string {
  if (own === '') return given;
  return given.length > 1 ? `${own}&${given.slice(1)}` : own;
}
